// What can be set from outside, by environment variables; the processes of the stages are given the same. Times in seconds, as people say them.
import { HoldfastError } from 'holdfast'

export interface Settings {
  /** Frames that are looked at in a second of video. */
  framesPerSecond: number
  /** Of a frame, in pixels. */
  width: number
  /** Between two signs of life of a stage, at least: a frame is not interrupted. */
  beatSeconds: number
  /** Silence after which a stage is called stalled. */
  stallSeconds: number
}

const variables: Record<keyof Settings, { name: string; usual: number; least: number; most: number }> = {
  framesPerSecond: { name: 'SCREENTIME_FRAMES_PER_SECOND', usual: 2, least: 0.1, most: 25 },
  width: { name: 'SCREENTIME_WIDTH', usual: 640, least: 160, most: 1920 },
  beatSeconds: { name: 'SCREENTIME_BEAT_SECONDS', usual: 10, least: 0.05, most: 600 },
  stallSeconds: { name: 'SCREENTIME_STALL_SECONDS', usual: 30, least: 1, most: 3600 },
}

/** @throws HoldfastError that names the variable */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const read = Object.entries(variables).map(([key, { name, usual, least, most }]) => {
    const text = environment[name] ?? ''
    const value = text === '' ? usual : Number(text)
    if (value >= least && value <= most) return [key, value]
    throw new HoldfastError('invalid_config', `${name} has to be a number from ${least} to ${most}, not “${text}”.`)
  })
  const settings = Object.fromEntries(read) as Settings
  if (settings.beatSeconds < settings.stallSeconds) return settings
  const [beat, stall] = [variables.beatSeconds.name, variables.stallSeconds.name]
  throw new HoldfastError('invalid_config', `${beat} has to be less than ${stall}: else every stage is called stalled between two beats.`)
}

/** The same as variables, for a process that `settingsFrom` is called in. */
export function environmentOf(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([key, { name }]) => [name, String(settings[key as keyof Settings])]))
}
