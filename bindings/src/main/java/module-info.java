/** Access to the CUDA libraries; knows no tensors and needs only the JDK. */
module dev.advect.bindings {
  exports dev.advect.cuda;
}
