// Builds `holdfast/client` for browsers: one module that imports nothing, small enough to be counted.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

export default defineConfig({
  resolve: { conditions: ['holdfast-source'] },
  build: {
    lib: { entry: fileURLToPath(new URL('../src/client/index.ts', import.meta.url)), formats: ['es'], fileName: () => 'browser.js' },
    outDir: '../dist/client',
    // tsc has put the modules for Node there.
    emptyOutDir: false,
    // Vite leaves the white space of a library alone unless told.
    rolldownOptions: { output: { minify: true } },
  },
})
