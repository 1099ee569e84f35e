// What the server has drawn is asked for again when a job begins, ends or goes silent. What runs the page elements draw by themselves.

let isAsking = false
let isWanted = false

async function refresh() {
  isWanted = true
  if (isAsking) return
  isAsking = true
  while (isWanted) {
    isWanted = false
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null)
    if (answer?.ok) take(new DOMParser().parseFromString(await answer.text(), 'text/html'))
  }
  isAsking = false
}

function take(fresh) {
  for (const old of document.querySelectorAll('[data-fresh]')) {
    const now = fresh.getElementById(old.id)
    if (now !== null && !now.isEqualNode(old)) old.replaceWith(now)
  }
  // The button stays the same one, so that it keeps the focus.
  for (const start of document.querySelectorAll('holdfast-start')) {
    const now = fresh.getElementById(start.id)
    for (const name of ['label', 'reason', 'variant']) {
      const value = now?.getAttribute(name) ?? null
      if (value === null) start.removeAttribute(name)
      else if (start.getAttribute(name) !== value) start.setAttribute(name, value)
    }
  }
}

for (const event of ['holdfast-settled', 'holdfast-condition', 'holdfast-active']) document.addEventListener(event, refresh)
// A page that comes out of the browser's memory is of another time.
addEventListener('pageshow', ({ persisted }) => persisted && refresh())
