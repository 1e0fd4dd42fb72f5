// Threads of the store's own: named, and deaf to signals, which are the main thread's business.
#pragma once

#include <functional>
#include <thread>

namespace troupe::store {

std::thread start_thread(const char* name, std::function<void()> body);

} // namespace troupe::store
