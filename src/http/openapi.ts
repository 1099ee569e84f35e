// The description of the API, made from the schemas that the routes read and answer with. Knows no route by itself.
import { artifactsEventSchema } from '../contract/artifact.ts'
import { jobsEventSchema } from '../contract/job.ts'
import { logLineSchema, unfinishedLineSchema } from '../contract/log.ts'
import type { App } from './context.ts'
import { version } from './version.ts'

type OpenApiDocument = ReturnType<App['getOpenAPI31Document']>

export function mountOpenApi(app: App): void {
  // Event streams cannot be described in OpenAPI 3.1; the data of their events can.
  app.openAPIRegistry.register('LogLine', logLineSchema)
  app.openAPIRegistry.register('UnfinishedLine', unfinishedLineSchema)
  app.openAPIRegistry.register('JobsEvent', jobsEventSchema)
  app.openAPIRegistry.register('ArtifactsEvent', artifactsEventSchema)
  let document: OpenApiDocument | undefined
  app.get('/openapi.json', (c) => {
    document ??= withNull(describe(app))
    return c.json(document)
  })
}

function describe(app: App): OpenApiDocument {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      description: 'Runs the long jobs of self-hosted web apps. Instants are epoch milliseconds and end in `At`.',
      license: { name: 'MIT' },
    },
    // Relative to this document, so that it is right under any prefix.
    servers: [{ url: '.' }],
    tags: [
      { name: 'kinds', description: 'What can be submitted' },
      { name: 'jobs', description: 'What was asked for' },
      { name: 'schedules', description: 'What asks for jobs at certain times' },
      { name: 'queues', description: 'Lines of jobs, and what they hold while they run' },
      { name: 'artifacts', description: 'What jobs publish' },
      { name: 'log', description: 'What jobs wrote' },
      { name: 'access', description: 'Who may ask' },
      { name: 'server', description: 'Counts, runners and probes' },
      { name: 'notifications', description: 'Who is told of jobs' },
    ],
  })
}

/** Of a named schema that may be null the generator says that it is both, which null never is; here it is one or the other. */
function withNull(document: OpenApiDocument): OpenApiDocument {
  return JSON.parse(JSON.stringify(document), (_key, value) => {
    const [named, own] = Array.isArray(value?.allOf) ? value.allOf : []
    if (!named?.$ref || !Array.isArray(own?.type) || !own.type.includes('null')) return value
    const { type: _type, ...rest } = own
    return { anyOf: [named, { type: 'null' }], ...rest }
  })
}
