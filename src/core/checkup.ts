// What `holdfast doctor` says: from facts about the machine and the folder to findings, each with what to do. Pure: the looking is done elsewhere.
import { bytesWords } from './bytes.ts'

export interface MachineFacts {
  node: string
  sqlite: string
  platform: string
  /** What the kernel lends, by what was tried. */
  killTier: 'cgroup' | 'subreaper' | 'marks' | 'group'
  limitsMemory: boolean
  punchesHoles: boolean
  /** Soft limit of open files of a process; null: unknown, or none. */
  openFiles: number | null
  /** The service that this process, or a runner that lives, is a part of, such as `app.service`. */
  services: ServiceFacts[]
  container: ContainerFacts | null
}

/** A service whose restart ends what is in its cgroup. */
export interface ServiceFacts {
  unit: string
  /** As systemd says it; null where it cannot be asked. */
  killMode: string | null
  /** Who was found in it: "this command", "runner 4711". */
  holds: string
}

export interface ContainerFacts {
  /** Name of process 1, which ends with the container and should reap orphans. */
  init: string
}

export interface FolderFacts {
  path: string
  disk: string
  isNetwork: boolean
  /** Octal rights, such as 700. */
  rights: string
  isOurs: boolean
  isWritable: boolean
  freeBytes: number
  totalBytes: number
  /** Null: this file system does not count them. */
  freeFiles: number | null
  databaseBytes: number
  /** Time of the disk less time of this machine. */
  clockSkewMs: number
  /** What keeps the database from being opened; null: nothing. */
  trouble: string | null
}

export interface Finding {
  check:
    | 'Node'
    | 'SQLite'
    | 'folder'
    | 'space'
    | 'database'
    | 'stopping'
    | 'memory limits'
    | 'log bounds'
    | 'open files'
    | 'service'
    | 'container'
    | 'clock'
    | 'notifications'
  verdict: 'good' | 'mind' | 'bad'
  says: string
  /** What to do; absent where there is nothing to do. */
  advice?: string
}

/** Somebody who is to be told of jobs. */
export interface TargetFacts {
  name: string
  disabledWhy: string | null
  lastSentAt: number | null
  lastError: { at: number; message: string } | null
  waiting: number
}

/** In the order of the page: what is fatal first. */
export function checkUp(machine: MachineFacts, folder: FolderFacts, targets: readonly TargetFacts[] = []): Finding[] {
  return [
    nodeFinding(machine),
    sqliteFinding(machine),
    folderFinding(folder),
    spaceFinding(folder),
    databaseFinding(folder),
    stoppingFinding(machine),
    memoryFinding(machine),
    logFinding(machine),
    openFilesFinding(machine),
    ...serviceFindings(machine),
    ...containerFindings(machine),
    clockFinding(folder),
    ...targets.map(targetFinding),
  ]
}

/** First with SQLite 3.51.3. */
export const leastNode = '24.15.0'
/** Older ones can damage a database that two processes write. */
export const leastSqlite = '3.51.3'

function nodeFinding({ node }: MachineFacts): Finding {
  if (isAtLeast(node, leastNode)) return { check: 'Node', verdict: 'good', says: `Node ${node}` }
  return { check: 'Node', verdict: 'bad', says: `Node ${node} is too old`, advice: `Use Node ${leastNode} or newer.` }
}

function sqliteFinding({ sqlite }: MachineFacts): Finding {
  if (isAtLeast(sqlite, leastSqlite)) return { check: 'SQLite', verdict: 'good', says: `SQLite ${sqlite}` }
  const says = `SQLite ${sqlite} can damage a database that two processes write`
  return { check: 'SQLite', verdict: 'bad', says, advice: `Use a Node with SQLite ${leastSqlite} or newer: ${leastNode} has it.` }
}

function folderFinding(folder: FolderFacts): Finding {
  const { path, disk, rights } = folder
  const bad = (says: string, advice: string): Finding => ({ check: 'folder', verdict: 'bad', says, advice })
  if (folder.isNetwork)
    return bad(`${path} is on a network disk (${disk})`, 'Put the data folder on a disk of this machine, or use Postgres.')
  if (!folder.isWritable)
    return bad(`${path} cannot be written`, 'Give this user the right to write there, or choose another folder with --data.')
  if (!folder.isOurs) return bad(`${path} belongs to another user`, 'Run Holdfast as the user who owns it, or change its owner.')
  const says = `${path} on ${disk}, rights ${rights}`
  if (/[1-7]$|[1-7].$/.test(rights))
    return {
      check: 'folder',
      verdict: 'mind',
      says: `${says}: others can look into it`,
      advice: `chmod 700 ${path}: inputs and logs may hold secrets.`,
    }
  return { check: 'folder', verdict: 'good', says }
}

/** Less than this, and a flood of logs or one artifact fills the disk. */
const leastFreeBytes = 1_073_741_824
const leastFreeFiles = 10_000

function spaceFinding({ freeBytes, totalBytes, freeFiles }: FolderFacts): Finding {
  const says = `${bytesWords(freeBytes)} of ${bytesWords(totalBytes)} free`
  if (freeFiles !== null && freeFiles < leastFreeFiles)
    return {
      check: 'space',
      verdict: freeFiles === 0 ? 'bad' : 'mind',
      says: `${says}, ${freeFiles} files can still be made`,
      advice: 'Remove files: the disk has no more inodes.',
    }
  if (freeBytes >= leastFreeBytes) return { check: 'space', verdict: 'good', says }
  const advice = 'Make room. Running jobs go on when it is full, but nothing new is recorded until there is space.'
  return { check: 'space', verdict: freeBytes < leastFreeBytes / 16 ? 'bad' : 'mind', says: `only ${says}`, advice }
}

function databaseFinding({ databaseBytes, trouble }: FolderFacts): Finding {
  if (trouble !== null)
    return {
      check: 'database',
      verdict: 'bad',
      says: trouble,
      advice: 'Look at the message: who holds it, or what is wrong with the file.',
    }
  return {
    check: 'database',
    verdict: 'good',
    says: databaseBytes === 0 ? 'no database yet; the first job makes it' : `opens, ${bytesWords(databaseBytes)}`,
  }
}

const tiers: Record<MachineFacts['killTier'], Omit<Finding, 'check'>> = {
  cgroup: { verdict: 'good', says: 'a whole tree is ended by the kernel (cgroup v2)' },
  subreaper: { verdict: 'good', says: 'a whole tree is found through its launcher (subreaper, by perl)' },
  marks: {
    verdict: 'mind',
    says: 'a process that clears its environment, closes its files and leaves its session can escape a cancel',
    advice: 'Give Holdfast a cgroup of its own (a systemd unit with Delegate=yes), or install perl.',
  },
  group: {
    verdict: 'mind',
    says: 'a process that leaves its group and its parents can escape a cancel',
    advice: 'Nothing better is known for this system. Commands that daemonise should not be run as jobs.',
  },
}

function stoppingFinding({ killTier }: MachineFacts): Finding {
  return { check: 'stopping', ...tiers[killTier] }
}

function memoryFinding({ limitsMemory, platform }: MachineFacts): Finding {
  if (limitsMemory) return { check: 'memory limits', verdict: 'good', says: 'held by the kernel (cgroup v2)' }
  const says = 'looked after every few seconds, not held by the kernel: a fast job can pass its limit for a moment'
  const advice = 'Give Holdfast a cgroup with the memory controller (systemd: Delegate=yes).'
  return { check: 'memory limits', verdict: 'good', says, ...(platform === 'linux' ? { advice } : {}) }
}

function logFinding({ punchesHoles }: MachineFacts): Finding {
  if (punchesHoles)
    return { check: 'log bounds', verdict: 'good', says: 'the middle of a long log is given back to the disk while it is written' }
  return {
    check: 'log bounds',
    verdict: 'mind',
    says: 'a log that is being written cannot be shortened here (no `fallocate -p` on this disk)',
    advice: 'Install util-linux and use ext4, XFS or Btrfs; or set logLimit to "stop" for kinds that could fill the disk.',
  }
}

/** Six for each of some hundred jobs. */
const leastOpenFiles = 1_024

function openFilesFinding({ openFiles }: MachineFacts): Finding {
  if (openFiles === null || openFiles >= leastOpenFiles)
    return { check: 'open files', verdict: 'good', says: openFiles === null ? 'no limit' : `${openFiles} for each process` }
  const advice = `Raise it: ulimit -n ${leastOpenFiles}, or LimitNOFILE= in the unit. A running job takes about six.`
  return { check: 'open files', verdict: 'mind', says: `only ${openFiles} for each process`, advice }
}

// `process` and `none` leave what the unit has started alone; `mixed` and `control-group` end it all.
function serviceFindings({ services }: MachineFacts): Finding[] {
  return services.map(({ unit, killMode, holds }): Finding => {
    if (killMode === 'process' || killMode === 'none')
      return { check: 'service', verdict: 'good', says: `${holds} is in ${unit} (KillMode=${killMode}): a restart leaves jobs alone` }
    const says = `${holds} is in ${unit}${killMode === null ? '' : ` (KillMode=${killMode})`}: a restart of the service ends its jobs too`
    return {
      check: 'service',
      verdict: 'mind',
      says,
      advice: `Set KillMode=process and Delegate=yes in ${unit}; \`holdfast init --systemd\` writes such a unit.`,
    }
  })
}

/** Programs that reap what others leave. */
const inits: ReadonlySet<string> = new Set(['tini', 'dumb-init', 'docker-init', 'catatonit', 'systemd', 'init', 's6-svscan', 'runsvdir'])

function containerFindings({ container }: MachineFacts): Finding[] {
  if (container === null) return []
  const says = 'in a container: its restart ends all jobs, which are told as interrupted'
  if (inits.has(container.init))
    return [{ check: 'container', verdict: 'mind', says, advice: 'Keep long jobs in a container that is not restarted with every deploy.' }]
  const advice = 'Start it with an init (docker run --init, compose: init: true): process 1 must reap what jobs leave behind.'
  return [{ check: 'container', verdict: 'mind', says: `${says}; its process 1 is ${container.init}`, advice }]
}

const mostSkewMs = 2_000

function clockFinding({ clockSkewMs }: FolderFacts): Finding {
  if (Math.abs(clockSkewMs) <= mostSkewMs) return { check: 'clock', verdict: 'good', says: 'the disk and this machine agree on the time' }
  const says = `the disk's clock differs by ${Math.round(clockSkewMs / 1_000)} s`
  return {
    check: 'clock',
    verdict: 'mind',
    says,
    advice: 'Is the disk another machine’s? Times of ends that nobody saw will be off by as much.',
  }
}

/** Compares versions part by part. */
export function isAtLeast(version: string, least: string): boolean {
  const [ours, theirs] = [version, least].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let place = 0; place < (theirs?.length ?? 0); place++) {
    const difference = (ours?.[place] ?? 0) - (theirs?.[place] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

// Whoever is to hear of a failure and does not is worse off than without.
function targetFinding({ name, disabledWhy, lastSentAt, lastError, waiting }: TargetFacts): Finding {
  const check = 'notifications'
  const advice = `Put it right, then: holdfast notification test ${name}`
  if (disabledWhy !== null) return { check, verdict: 'bad', says: `${name} is told nothing any more: ${disabledWhy}`, advice }
  const isNew = lastError !== null && lastError.at > (lastSentAt ?? 0)
  if (isNew) return { check, verdict: 'mind', says: `${name} was not told, ${waiting} wait: ${lastError.message}`, advice }
  return { check, verdict: 'good', says: lastSentAt === null ? `${name} is told of jobs; nothing was sent yet` : `${name} is told of jobs` }
}
