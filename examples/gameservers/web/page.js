// Keeps a page true: when a job began or ended, the parts that say how things stand are fetched again. Nothing is asked for otherwise.
// Without it everything works by refresh.

let isLooking = false
let isWanted = false

async function look() {
  isWanted = true
  if (isLooking) return
  isLooking = true
  while (isWanted) {
    isWanted = false
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null)
    if (!answer?.ok) break
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    for (const part of document.querySelectorAll('[data-live]')) {
      const now = fresh.querySelector(`[data-live="${part.dataset.live}"]`)
      if (now && textOf(now) !== textOf(part)) part.replaceWith(document.adoptNode(now))
    }
  }
  isLooking = false
}

/** Without what the page elements note on themselves. */
function textOf(part) {
  return part.innerHTML.replaceAll(/ (state|stalled|busy)="[^"]*"/g, '')
}

for (const event of ['holdfast-active', 'holdfast-toast', 'holdfast-settled']) document.addEventListener(event, look)
