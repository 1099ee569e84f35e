// What a page throws where it cannot do as asked: a sentence for the person, and the status of the answer.

export class Refused extends Error {
  readonly status: 403 | 404 | 409 | 422
  constructor(message: string, status: Refused['status'] = 422) {
    super(message)
    this.status = status
  }
}

export function missing(message: string): never {
  throw new Refused(message, 404)
}
