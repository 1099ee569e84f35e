// The shim under every other shell that is /bin/sh somewhere.
process.env.SHELLS = 'others'

await import('./shells.test.ts')

export {}
