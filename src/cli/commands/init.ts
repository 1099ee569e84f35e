// holdfast init --systemd: prints a unit that leaves running jobs alone when the service is restarted.
import { HoldfastError } from '../../supervisor/errors.ts'
import { shellWords, userName } from '../output.ts'
import { dataOf, type Place } from '../place.ts'

export function init({ systemd, ...place }: Place & { systemd?: boolean }, command: readonly string[]): void {
  if (!systemd) throw new HoldfastError('invalid_request', 'init writes a unit for systemd: say --systemd.')
  console.log(unit(command.length > 0 ? command : [process.execPath, process.argv[1] ?? 'holdfast', 'up'], dataOf(place)))
}

function unit(command: readonly string[], data: string): string {
  return `# Save as /etc/systemd/system/holdfast.service, then: systemctl enable --now holdfast
[Unit]
Description=Holdfast: looks after long jobs
After=network.target

[Service]
ExecStart=${shellWords(command)}
WorkingDirectory=${process.cwd()}
Environment=HOLDFAST_DATA=${data}
User=${userName() ?? 'holdfast'}
Restart=always
# A restart of this service ends the runner alone: jobs go on and are adopted by the next one.
KillMode=process
# The runner makes a cgroup for each job, so that a cancel ends its whole tree and memory can be limited.
Delegate=yes
# When a job runs out of memory, the service is not stopped with it.
OOMPolicy=continue
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target`
}
