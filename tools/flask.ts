// Flask and Gunicorn, for the front of `recommend` in Python: found, or installed from Debian's packages when we are root, or asked for in one sentence.
import { spawnSync } from 'node:child_process'
import { installDebian } from './debian.ts'

const places = [process.env.GUNICORN, 'gunicorn', '/usr/bin/gunicorn']

/** Ends the program with one sentence when there is none and none can be installed. */
export function ensureGunicorn(): string {
  const found = findGunicorn()
  if (found !== undefined) return found
  installDebian(['python3-flask', 'gunicorn'], 'the Flask front')
  const installed = findGunicorn()
  if (installed !== undefined) return installed
  console.error('The Flask front needs Flask and Gunicorn: install python3-flask and gunicorn, or name one in GUNICORN=/path/to/gunicorn.')
  process.exit(1)
}

/** One whose Python has Flask. */
function findGunicorn(): string | undefined {
  const check = ['--check-config', 'flask:Flask']
  return places.find((place) => place && spawnSync(place, check, { stdio: 'ignore' }).status === 0)
}
