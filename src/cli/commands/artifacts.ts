// holdfast artifacts: what jobs publish, by name.
import type { ArtifactView } from '../../client/index.ts'
import { bytesWords } from '../../supervisor/amounts.ts'
import { ageOf, conditionWord } from '../artifact-words.ts'
import { paint, plain, table } from '../output.ts'
import { connect, type Place, placeFlags, tellTrouble } from '../place.ts'

export async function artifacts(options: Place): Promise<void> {
  const place = await connect(options)
  try {
    await tellTrouble(place)
    const all = await place.client.artifacts()
    if (options.json) console.log(JSON.stringify(all))
    else if (all.length === 0)
      console.log(`No artifacts in ${place.where}.\nA job type that declares some publishes them: artifacts: ['index']`)
    else console.log(table([header, ...all.map(row)]))
    const required = all.find((artifact) => artifact.required && artifact.building === null)
    if (!options.json && required) console.log(paint('gray', `Why: holdfast artifact show ${required.name}${placeFlags(options)}`))
  } finally {
    await place.close()
  }
}

const header = ['ARTIFACT', 'CONDITION', 'SNAPSHOT', 'AGE', 'SIZE', 'KEPT', 'WHY'].map((title) => paint('gray', title))

function row(artifact: ArtifactView): string[] {
  const { name, current, snapshots, bytes, reasons } = artifact
  return [
    name,
    conditionWord(artifact),
    current === null ? '–' : String(current.number),
    current === null ? '–' : ageOf(current),
    current === null ? '–' : bytesWords(current.bytes),
    snapshots === 0 ? '–' : `${snapshots} (${bytesWords(bytes)})`,
    plain(reasons[0] ?? ''),
  ]
}
