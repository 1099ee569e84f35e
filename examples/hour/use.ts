// What an example app tells the program that uses it for an hour: `examples/NAME/test/use.ts` has one of these as its default export.
import type { HoldfastClient, Job } from 'holdfast/client'

export interface Use {
  /** Where the app has mounted Holdfast. Default `/holdfast/`. */
  api?: string
  /** What the app lives beside and that outlives its kills, such as a stand-in for a service. `environment` is added to the app's own. */
  open?(data: string): Promise<{ environment?: Record<string, string>; close(): Promise<void> }>
  /** Of an app that asks who one is: a token for `client`. Made after `open`. */
  token?(data: string): Promise<string>
  /** One thing that somebody does with the app, one of all there are at random; several do at a time, again and again. */
  act(world: World): Promise<void>
  /** What must hold whenever the app answers, in the middle of everything: each broken row as a sentence. */
  check?(world: World): Promise<string[]>
  /** Everybody has gone: makes an end of what would run for ever. */
  leave?(world: World): Promise<void>
  /** What must hold when everything has settled. `jobs` are all there are, newest first. */
  finish(world: World, jobs: readonly Job[]): Promise<string[]>
}

export interface World {
  /** Address of the app, without a slash at its end. */
  url: string
  data: string
  client: HoldfastClient
  /** From 0 to 1, repeatable by `--seed`. */
  random(): number
  pick<Item>(items: readonly Item[]): Item
  /** Asks the app. @throws Error for any 5xx: an app that is there has no reason for one. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** The app has said that this job exists: it must never be lost. */
  acknowledged(job: number): void
}
