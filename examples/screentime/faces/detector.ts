// Faces in a frame, each with 128 numbers that are near those of the same person and far from those of others. On the processor, offline:
// the models come with the package.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface Face {
  /** Left, top, width and height, in pixels. */
  box: [number, number, number, number]
  score: number
  descriptor: number[]
}

/** The pixels of a frame, three bytes each. */
type Look = (pixels: Uint8Array, size: { width: number; height: number }) => Promise<Face[]>

/** Takes half a second; the first frame takes one more. */
export async function openDetector(): Promise<Look> {
  const require = createRequire(import.meta.url)
  const tf = require('@tensorflow/tfjs') as Tensors
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void }
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  const { nets, detectAllFaces, TinyFaceDetectorOptions } = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi
  await tf.setBackend('wasm')
  await tf.ready()
  const models = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model')
  for (const net of [nets.tinyFaceDetector, nets.faceLandmark68Net, nets.faceRecognitionNet]) await net.loadFromDisk(models)

  return async (pixels, { width, height }) => {
    const frame = tf.tensor3d(pixels, [height, width, 3], 'int32')
    try {
      const options = new TinyFaceDetectorOptions({ inputSize: inputSize(width), scoreThreshold: 0.5 })
      const found = await detectAllFaces(frame, options).withFaceLandmarks().withFaceDescriptors()
      return found.map(({ detection: { box, score }, descriptor }) => ({
        box: [box.x, box.y, box.width, box.height].map(Math.round) as Face['box'],
        score: rounded(score),
        descriptor: Array.from(descriptor, rounded),
      }))
    } finally {
      frame.dispose()
    }
  }
}

/** What the network works on is a smaller square, of a multiple of 32. */
const inputSize = (width: number): number => Math.min(608, Math.max(160, Math.round((width * 0.65) / 32) * 32))

const rounded = (value: number): number => Number(value.toFixed(4))

// What we use of the two packages. Their own types need all of TensorFlow.js.
interface Tensors {
  setBackend(name: string): Promise<boolean>
  ready(): Promise<void>
  tensor3d(values: Uint8Array, shape: [number, number, number], type: 'int32'): { dispose(): void }
}

interface FaceApi {
  nets: Record<'tinyFaceDetector' | 'faceLandmark68Net' | 'faceRecognitionNet', { loadFromDisk(folder: string): Promise<void> }>
  TinyFaceDetectorOptions: new (options: { inputSize: number; scoreThreshold: number }) => object
  detectAllFaces(frame: object, options: object): { withFaceLandmarks(): { withFaceDescriptors(): Promise<Found[]> } }
}

interface Found {
  detection: { box: { x: number; y: number; width: number; height: number }; score: number }
  descriptor: Float32Array
}
