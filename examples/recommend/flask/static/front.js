// The films are those of another index now.
document.addEventListener('holdfast-settled', ({ detail }) => {
  if (detail.state === 'succeeded') location.reload()
})
