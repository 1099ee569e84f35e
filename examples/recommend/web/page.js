// Keeps the page true: asks for it again once a second while a rebuild runs, every two seconds otherwise, and never while nobody looks.
// Without it everything works by refresh.

const main = document.querySelector('main')
let timer = 0

async function look() {
  clearTimeout(timer)
  const wasOnButton = document.activeElement?.id === 'start'
  try {
    const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } })
    if (!answer.ok) throw new Error(answer.statusText)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    morph(main, page.querySelector('main'))
    if (wasOnButton && document.activeElement === document.body) document.getElementById('start')?.focus()
    const region = document.getElementById('say')
    if (region.textContent !== main.dataset.say) region.textContent = main.dataset.say
    connected(true)
  } catch {
    connected(false)
  }
  wait()
}

function wait() {
  if (!document.hidden) timer = setTimeout(look, main.dataset.condition === 'rebuilding' ? 1000 : 2000)
}

/** Makes `from` equal to `to` and keeps what is equal already: focus, typed text, what was opened, the turning arc and a moving bar stay. */
function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) return from.replaceWith(to)
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data
    return
  }
  for (const { name } of [...(from.attributes ?? [])]) if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name)
  for (const { name, value } of to.attributes ?? []) if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  const [old, fresh] = [[...from.childNodes], [...to.childNodes]]
  fresh.forEach((child, place) => {
    if (old[place]) morph(old[place], child)
    else from.append(child)
  })
  for (const child of old.slice(fresh.length)) child.remove()
}

function connected(isConnected) {
  const note = document.getElementById('offline')
  if (!isConnected && note.hidden)
    note.textContent = `No connection to the app since ${new Date().toLocaleTimeString('en-GB')}. A running rebuild goes on without it.`
  note.hidden = isConnected
  document.getElementById('rebuild')?.classList.toggle('aged', !isConnected)
}

document.addEventListener('submit', async (event) => {
  if (!event.target.matches('form.start')) return
  event.preventDefault()
  const button = event.submitter
  if (button.getAttribute('aria-disabled') === 'true') return
  button.setAttribute('aria-disabled', 'true')
  button.classList.add('busy')
  button.textContent = 'Starting…'
  const query = new URLSearchParams(new FormData(event.target))
  await fetch(`rebuild?${query}`, { method: 'POST', headers: { accept: 'application/json' } }).catch(() => {})
  await look()
})

document.addEventListener('visibilitychange', () => document.hidden || look())
wait()
if (location.search === '?saved') history.replaceState(null, '', location.pathname + location.hash)
