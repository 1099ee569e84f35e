// Which file system a folder is on: SQLite must not be on a network disk, where locks do not keep two writers apart.
import { statfsSync } from 'node:fs'

export interface Disk {
  /** `ext4`, or its magic number where we know no name. */
  name: string
  isNetwork: boolean
}

export function diskOf(folder: string): Disk {
  const magic = statfsSync(folder).type >>> 0
  const network = networkDisks[magic]
  return { name: network ?? localDisks[magic] ?? `file system 0x${magic.toString(16)}`, isNetwork: network !== undefined }
}

// Magic numbers of statfs(2).
const networkDisks: Record<number, string> = { 26985: 'NFS', 4283649346: 'CIFS', 4266872130: 'SMB2', 20859: 'SMB' }
const localDisks: Record<number, string> = {
  61267: 'ext4',
  1481003842: 'XFS',
  2435016766: 'Btrfs',
  2035054128: 'overlay',
  16914836: 'tmpfs',
  801189825: 'ZFS',
  4076150800: 'F2FS',
  19780: 'FAT',
}
