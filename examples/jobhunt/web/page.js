// Keeps the page true: when a job begins or ends, the parts that show results are asked for again. While nothing runs nothing is asked.
// Without it everything works by refresh.

let asked = false
let again = false

/** One look at a time; what is asked for meanwhile is one more look. */
async function look() {
  again = asked
  if (asked) return
  asked = true
  try {
    const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } })
    if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), 'text/html'))
  } catch {
    // The app is away; the cards say so, and the next change is another look.
  }
  asked = false
  if (again) look()
}

function take(page) {
  for (const part of document.querySelectorAll('.fresh')) {
    const fresh = page.getElementById(part.id)
    if (fresh === null) continue
    if (isBeingWritten(part)) note(part, fresh)
    else if (fresh.outerHTML !== part.outerHTML) part.replaceWith(fresh)
  }
  for (const button of document.querySelectorAll('holdfast-start')) {
    const label = page.querySelector(`holdfast-start[kind="${button.getAttribute('kind')}"]`)?.getAttribute('label')
    if (label) button.setAttribute('label', label)
  }
}

/** What somebody has typed and not saved is never taken away. */
function isBeingWritten(part) {
  const text = part.querySelector('textarea')
  return text !== null && text.value !== text.defaultValue
}

function note(part, fresh) {
  const [before, now] = [part, fresh].map((of) => of.querySelector('form'))
  if (now !== null && now.action === before.action && now.elements.version.value === before.elements.version.value) return
  const isNewer = now !== null && now.action !== before.action
  const words = part.querySelector('.note')
  words.textContent = isNewer
    ? 'There is a newer letter. This one can still be approved; load the page again to see the new one.'
    : 'This letter was changed from another window. What you typed stays; when you save it, you see both.'
  words.hidden = false
}

/** A job may have ended between the drawing of the page and its first word from the server. */
function compare(card) {
  const seen = card.parentElement.querySelector('.fresh')?.dataset.seen ?? ''
  const state = card.getAttribute('state')
  if (['succeeded', 'failed', 'interrupted', 'cancelled', 'expired'].includes(state) && !seen.endsWith(` ${state}`)) look()
}

const observer = new MutationObserver((changes) => {
  for (const { target } of changes) compare(target)
})
for (const card of document.querySelectorAll('holdfast-job')) observer.observe(card, { attributes: true, attributeFilter: ['state'] })
document.addEventListener('holdfast-settled', look)
document.addEventListener('holdfast-active', look)
