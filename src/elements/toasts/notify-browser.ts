// The browser's own notification, while nobody looks at the page and where it was allowed. It is never asked for here: that takes a press of a button of the app.

export interface Note {
  title: string
  body: string
  href: string
}

export function notifyBrowser({ title, body, href }: Note): void {
  if (!document.hidden || globalThis.Notification?.permission !== 'granted') return
  const note = new Notification(title, { body, tag: href })
  note.addEventListener('click', () => {
    focus()
    location.assign(href)
  })
}
