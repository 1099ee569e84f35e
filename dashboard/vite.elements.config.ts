// Builds the page elements beside the dashboard: `elements.js`, which imports nothing at first, and under assets/ what it loads when it is needed.
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

export default defineConfig({
  base: './',
  resolve: { conditions: ['holdfast-source'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [withoutNotes()],
  build: {
    lib: { entry: fileURLToPath(new URL('../src/elements/index.ts', import.meta.url)), formats: ['es'], fileName: () => 'elements.js' },
    // The dashboard is there already.
    emptyOutDir: false,
    target: 'es2024',
    cssTarget: ['chrome125', 'firefox125', 'safari17.5'],
    modulePreload: false,
    // Vite leaves the white space of a library alone unless told.
    rolldownOptions: {
      // What the later parts share with the script is in the script.
      preserveEntrySignatures: 'allow-extension',
      output: { minify: true, chunkFileNames: 'assets/elements-[name]-[hash].js' },
    },
  },
})

/** What only minifiers read. */
function withoutNotes(): Plugin {
  return {
    name: 'without-notes',
    enforce: 'post',
    generateBundle: (_, bundle) => {
      for (const file of Object.values(bundle))
        if (file.type === 'chunk')
          file.code = file.code.replace(/(\w?)\/\* @__PURE__ \*\/ /g, (_, word: string) => (word === '' ? '' : `${word} `))
    },
  }
}
