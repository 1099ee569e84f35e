// When a job of this page has ended, or one was started here, the page is drawn anew. Everything else the elements do themselves.

document.addEventListener('holdfast-started', () => location.reload())

document.addEventListener('holdfast-settled', ({ detail }) => {
  if (detail.state === 'succeeded') location.reload()
})
