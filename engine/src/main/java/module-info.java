/** Graphs, differentiation, compilation, the backends that run them, and the mathematics. */
module dev.advect.engine {
  requires static jdk.incubator.vector;
  requires dev.advect.bindings;
  requires com.fasterxml.jackson.core;

  exports dev.advect;
  exports dev.advect.type;
  exports dev.advect.verify;
  exports dev.advect.graph;
  exports dev.advect.autodiff;
  exports dev.advect.random;
  exports dev.advect.program;
  exports dev.advect.backend;
  exports dev.advect.backend.reference;
  exports dev.advect.nn;
  exports dev.advect.path;
  exports dev.advect.transport;
  exports dev.advect.metric;
  exports dev.advect.coupling;
  exports dev.advect.solve;
  exports dev.advect.likelihood;
  exports dev.advect.oracle;
  exports dev.advect.optim;
  exports dev.advect.data;
  exports dev.advect.file;
  exports dev.advect.json;
  exports dev.advect.train;

  uses dev.advect.backend.BackendProvider;

  provides dev.advect.backend.BackendProvider with
      dev.advect.backend.cpu.CpuBackendProvider,
      dev.advect.backend.cuda.CudaBackendProvider,
      dev.advect.backend.reference.ReferenceBackendProvider;
}
