// Builds the dashboard into dist/: relative addresses, nothing inline, so that any prefix and a strict CSP work.
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  base: './',
  resolve: { conditions: ['holdfast-source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: true },
})
