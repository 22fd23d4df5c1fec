// The statuses of the driver API (cuda.h) that the software device gives.
#pragma once

#include <string>

namespace softcuda {

enum Code : int {
  success = 0,
  invalidValue = 1,
  outOfMemory = 2,
  notInitialized = 3,
  invalidDevice = 101,
  invalidImage = 200,
  invalidContext = 201,
  noBinaryForGpu = 209,
  invalidPtx = 218,
  unsupportedPtxVersion = 222,
  invalidHandle = 400,
  illegalState = 401,
  notFound = 500,
  notReady = 600,
  illegalAddress = 700,
  launchOutOfResources = 701,
  contextIsDestroyed = 709,
  misalignedAddress = 716,
  launchFailed = 719,
  notSupported = 801,
  captureUnsupported = 900,
  captureInvalidated = 901,
  captureMerge = 902,
  captureUnmatched = 903,
  captureUnjoined = 904,
  captureIsolation = 905,
  captureImplicit = 906,
  capturedEvent = 907,
  captureWrongThread = 908,
  unknownError = 999
};

// Such as CUDA_ERROR_INVALID_VALUE, or nullptr if there is no such code; what it means; and both in
// one for messages.
const char* nameOf(int code);
const char* meaningOf(int code);
std::string described(int code);

}  // namespace softcuda
