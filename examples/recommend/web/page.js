// Keeps the page true while a rebuild runs: asks for the card once a second, and for the whole page when a rebuild begins or ends.
// Without it everything works by refresh.

const condition = () => document.getElementById('rebuild')?.dataset.condition
const wait = 1000
let timer = 0

async function look() {
  clearTimeout(timer)
  const [before, wasOnButton] = [condition(), document.activeElement?.id === 'start']
  try {
    morph(document.getElementById('rebuild'), (await fetchPage('rebuild')).getElementById('rebuild'))
    if (condition() !== before) morph(document.querySelector('main'), (await fetchPage('./')).querySelector('main'))
    if (wasOnButton && document.activeElement === document.body) document.getElementById('start')?.focus()
    say(document.getElementById('rebuild').dataset.say)
    connected(true)
  } catch {
    connected(false)
  }
  if (condition() === 'rebuilding' && !document.hidden) timer = setTimeout(look, wait)
}

async function fetchPage(path) {
  const answer = await fetch(path, { headers: { accept: 'text/html' } })
  if (!answer.ok) throw new Error(answer.statusText)
  return new DOMParser().parseFromString(await answer.text(), 'text/html')
}

/** Makes `from` equal to `to` and keeps what is equal already: focus, typed text, the turning arc and a moving bar stay. */
function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) return from.replaceWith(to)
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data
    return
  }
  for (const { name } of [...(from.attributes ?? [])]) if (!to.hasAttribute(name)) from.removeAttribute(name)
  for (const { name, value } of to.attributes ?? []) if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  const [old, fresh] = [[...from.childNodes], [...to.childNodes]]
  fresh.forEach((child, place) => {
    if (old[place]) morph(old[place], child)
    else from.append(child)
  })
  for (const child of old.slice(fresh.length)) child.remove()
}

function say(sentence) {
  const region = document.getElementById('say')
  if (region.textContent !== sentence) region.textContent = sentence
}

let lostAt = ''
function connected(isConnected) {
  const note = document.getElementById('offline')
  if (!isConnected && note.hidden) {
    lostAt = new Date().toLocaleTimeString('en-GB')
    note.textContent = `No connection to the app since ${lostAt}. A running rebuild goes on without it.`
  }
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
if (condition() === 'rebuilding') timer = setTimeout(look, wait)
if (location.search === '?saved') history.replaceState(null, '', location.pathname + location.hash)
