// What the page elements leave to the page: a letter in which somebody has typed stays as it is when the server draws another one, and says so.

document.addEventListener('holdfast-refreshed', ({ detail }) => {
  for (const form of detail.kept) if (form.matches('form')) note(form, detail.drawn.querySelector('form'))
})

function note(form, drawn) {
  if (drawn !== null && drawn.action === form.action && drawn.elements.version.value === form.elements.version.value) return
  const isNewer = drawn !== null && drawn.action !== form.action
  const words = form.querySelector('.note')
  words.textContent = isNewer
    ? 'There is a newer letter. This one can still be saved and approved; load the page again to see the new one.'
    : 'This letter was changed from another window. What you typed stays; when you save it, you see both.'
  words.hidden = false
}
