// Names that do not mean a plain file on Windows: a device, a stream of another file, or a name whose end Windows drops.
// They are refused on Windows, with the reason.

/** With any extension, these are devices on every disk: `CON.log` as well as `con`. */
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$/i
const refused = /[<>"|?*]/
const firstPrintable = ' '

/** Returns what Windows expects instead of this path; null if it can be a plain file. */
export function faultOfWindowsPath (path: string): string | null {
  if (/^[\\/]{2}\.[\\/]/.test(path)) return 'the path of a file, not of a device (\\\\.\\ leads to devices)'
  const [root = ''] = /^(?:[\\/]{2}\?[\\/](?:unc[\\/])?)?(?:[a-z]:(?=[\\/]))?/i.exec(path) ?? []
  if (/^[a-z]:/i.test(path) && root === '') return 'a drive letter followed by a slash, as in C:\\logs\\app.log (a:b is a stream of the file a, or leads to a working folder)'
  for (const name of path.slice(root.length).split(/[\\/]/)) {
    const fault = faultOfWindowsName(name)
    if (fault !== null) return fault
  }
  return null
}

/** Returns the same for one name in a folder. */
export function faultOfWindowsName (name: string): string | null {
  if (name === '' || name === '.' || name === '..') return null
  const [stem = ''] = name.split('.')
  if (devices.test(stem.trimEnd())) return `a name other than ${stem.trimEnd()} with any extension, which is a device of Windows`
  if (name.includes(':')) return `a name without a colon (Windows takes ${name} for a stream of another file)`
  if (refused.test(name) || Array.from(name).some((character) => character < firstPrintable)) return 'a name without control characters and < > " | ? *, which Windows refuses'
  if (/[. ]$/.test(name)) return 'a name that ends in neither a dot nor a space, which Windows drops'
  return null
}
