// What @tensorflow/tfjs is to face-api: the core, whose functions are methods of tensors as well.
const core = require('@tensorflow/tfjs-core')

const methods = core.Tensor.prototype
for (const [name, perform] of Object.entries(core)) {
  if (typeof perform === 'function' && /^[a-z]/.test(name) && !(name in methods))
    methods[name] = function (...rest) {
      return perform(this, ...rest)
    }
}
methods.toFloat = function () {
  return core.cast(this, 'float32')
}
methods.asScalar = function () {
  return core.reshape(this, [])
}
for (const rank of [1, 2, 3, 4, 5])
  methods[`as${rank}D`] = function (...shape) {
    return core.reshape(this, rank === 1 ? [this.size] : shape)
  }

module.exports = core
