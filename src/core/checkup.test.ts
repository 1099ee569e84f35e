// Each finding that is not good says what to do.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkUp, type Finding, type FolderFacts, isAtLeast, type MachineFacts } from './checkup.ts'

const machine: MachineFacts = {
  node: '24.21.0',
  sqlite: '3.53.4',
  platform: 'linux',
  killTier: 'cgroup',
  limitsMemory: true,
  punchesHoles: true,
  openFiles: 1_048_576,
  services: [],
  container: null,
}
const folder: FolderFacts = {
  path: '/srv/app/.holdfast',
  disk: 'ext4',
  isNetwork: false,
  rights: '700',
  isOurs: true,
  isWritable: true,
  freeBytes: 50 * 2 ** 30,
  totalBytes: 200 * 2 ** 30,
  freeFiles: 1_000_000,
  databaseBytes: 4_096,
  clockSkewMs: 3,
  trouble: null,
}

function finding(check: Finding['check'], given: { machine?: Partial<MachineFacts>; folder?: Partial<FolderFacts> }): Finding {
  const found = checkUp({ ...machine, ...given.machine }, { ...folder, ...given.folder })
  return found.find((one) => one.check === check) ?? assert.fail(`nothing is said of ${check}`)
}

test('on a good machine all is good, and nothing is to be done', () => {
  for (const one of checkUp(machine, folder)) assert.deepEqual([one.check, one.verdict, one.advice], [one.check, 'good', undefined])
})

const cases: [string, Finding['check'], Finding['verdict'], RegExp, Parameters<typeof finding>[1]][] = [
  ['an old Node', 'Node', 'bad', /24\.15/, { machine: { node: '20.20.2' } }],
  ['an SQLite with the WAL-reset fault', 'SQLite', 'bad', /3\.51\.3/, { machine: { sqlite: '3.51.2' } }],
  ['a network disk', 'folder', 'bad', /Postgres/, { folder: { isNetwork: true, disk: 'nfs4' } }],
  ['a folder that cannot be written', 'folder', 'bad', /right to write/, { folder: { isWritable: false } }],
  ['another user’s folder', 'folder', 'bad', /user who owns/, { folder: { isOurs: false } }],
  ['a folder that others can read', 'folder', 'mind', /chmod 700/, { folder: { rights: '755' } }],
  ['little space', 'space', 'mind', /Make room/, { folder: { freeBytes: 500 * 2 ** 20 } }],
  ['hardly any space', 'space', 'bad', /Make room/, { folder: { freeBytes: 2 ** 20 } }],
  ['no inodes', 'space', 'bad', /inodes/, { folder: { freeFiles: 0 } }],
  ['a database that does not open', 'database', 'bad', /message/, { folder: { trouble: 'the database is locked' } }],
  ['no tree kill', 'stopping', 'mind', /Delegate=yes/, { machine: { killTier: 'marks' } }],
  ['macOS', 'stopping', 'mind', /daemonise/, { machine: { killTier: 'group', platform: 'darwin' } }],
  ['no holes', 'log bounds', 'mind', /util-linux/, { machine: { punchesHoles: false } }],
  ['few open files', 'open files', 'mind', /ulimit -n/, { machine: { openFiles: 256 } }],
  [
    'a service that takes its jobs along',
    'service',
    'mind',
    /KillMode=process/,
    { machine: { services: [{ unit: 'app.service', killMode: 'control-group', holds: 'runner 12' }] } },
  ],
  ['a container without an init', 'container', 'mind', /--init/, { machine: { container: { init: 'node' } } }],
  ['a disk with another clock', 'clock', 'mind', /another machine/, { folder: { clockSkewMs: -90_000 } }],
]
for (const [name, check, verdict, advice, given] of cases)
  test(name, () => {
    const found = finding(check, given)
    assert.equal(found.verdict, verdict, found.says)
    assert.match(found.advice ?? '', advice)
  })

test('a unit that leaves its processes alone is good', () => {
  const services = [{ unit: 'app.service', killMode: 'process', holds: 'this command' }]
  assert.equal(finding('service', { machine: { services } }).verdict, 'good')
})

test('versions are compared as numbers', () => {
  assert.ok(isAtLeast('24.21.0', '24.15.0') && isAtLeast('25.0.0', '24.15.0') && isAtLeast('3.51.3', '3.51.3'))
  assert.ok(!isAtLeast('24.9.1', '24.15.0') && !isAtLeast('3.9.0', '3.51.3') && !isAtLeast('', '1'))
})
