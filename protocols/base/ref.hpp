// An intrusive counted pointer. The count is atomic: messages cross from the receiving shard to the call's.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace troupe {

class counted {
public:
  counted() noexcept = default;
  counted(const counted&) noexcept {}
  counted& operator=(const counted&) noexcept { return *this; }

  void acquire() const noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
  /// True when the last holder let go.
  bool release() const noexcept { return count_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  bool unique() const noexcept { return count_.load(std::memory_order_acquire) == 1; }

protected:
  ~counted() = default;

private:
  mutable std::atomic<std::uint32_t> count_{0};
};

/// Points to a T derived from `counted`; the last one deletes it by `T::destroy(p)` where T has one, else by delete.
template <class T>
class ref {
public:
  ref() noexcept = default;
  explicit ref(T* object) noexcept : object_(object) {
    if (object_)
      object_->acquire();
  }
  ref(const ref& other) noexcept : ref(other.object_) {}
  template <class Derived>
  requires std::is_convertible_v<Derived*, T*> ref(const ref<Derived>& other)
  noexcept : ref(other.get()) {}
  ref(ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  ref& operator=(ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~ref() {
    if (object_ && object_->release()) {
      if constexpr (requires { T::destroy(object_); })
        T::destroy(object_);
      else
        delete object_;
    }
  }

  T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  friend bool operator==(const ref& a, const ref& b) noexcept { return a.object_ == b.object_; }

private:
  T* object_ = nullptr;
};

template <class T, class... Args>
ref<T> make_ref(Args&&... args) {
  return ref<T>(new T(std::forward<Args>(args)...));
}

} // namespace troupe
