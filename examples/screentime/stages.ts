// The four stages by name, in their order.

export const stages = ['extract', 'detect', 'track', 'cluster'] as const
export type Stage = (typeof stages)[number]

export const titles: Record<Stage, string> = {
  extract: 'Extract frames',
  detect: 'Detect faces',
  track: 'Follow faces',
  cluster: 'Tell people apart',
}

export const isStage = (text: string): text is Stage => (stages as readonly string[]).includes(text)

export const stageBefore = (stage: Stage): Stage | null => stages[stages.indexOf(stage) - 1] ?? null

/** It and those after it. */
export const stagesFrom = (stage: Stage): readonly Stage[] => stages.slice(stages.indexOf(stage))
