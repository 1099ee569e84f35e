// Builds the dashboard into dist/: relative addresses, nothing inline, so that any prefix and a strict CSP work.
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  base: './',
  resolve: { conditions: ['holdfast-source', ...defaultClientConditions] },
  // Children as arguments are a kilobyte less than children as a property of each node.
  oxc: {
    jsx: { runtime: 'classic', pragma: 'createNode', pragmaFrag: 'Pieces' },
    jsxInject: "import { h as createNode, Fragment as Pieces } from 'preact'",
  },
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // What two pages need is one file, not two dozen of a few hundred bytes.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } } },
  },
})
