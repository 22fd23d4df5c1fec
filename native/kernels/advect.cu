// All kernels as one translation unit: first the stock kernels, which run any program, then those
// made for flow matching.
#include "map.cu"
#include "layout.cu"
#include "sums.cu"
#include "contract.cu"
#include "tables.cu"
#include "draws.cu"
#include "run.cu"

#include "activation.cu"
#include "path.cu"
#include "euler.cu"
#include "euler_mlp.cu"
#include "optimizer.cu"
