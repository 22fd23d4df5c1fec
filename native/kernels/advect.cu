// All kernels as one translation unit, in the order a reader may want to meet them.
#include "map.cu"
#include "layout.cu"
#include "sums.cu"
#include "contract.cu"
#include "tables.cu"
#include "draws.cu"
#include "run.cu"
