// Threads of the host that help with the blocks of launches.
#pragma once

#include <functional>

namespace softcuda {

// Runs work here and, at the same time, on those of so many helpers that get to it before it ends
// here. Returns when all who began it have ended. The work throws nothing, and helpers never end.
void shareWork(const std::function<void()>& work, unsigned helpers);

}  // namespace softcuda
