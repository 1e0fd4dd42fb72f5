// An HSS on a database of its own, asked as an S-CSCF does.
#pragma once

#include "subscribers.hpp"

#include <filesystem>
#include <future>
#include <unistd.h>

#include "actors/roles/hss/server.hpp"

namespace troupe::hss {

inline const server::executor at_once = [](auto go_on) { go_on(); };

/// A folder that is gone after the test.
struct folder {
  static inline int count = 0;
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("troupe-hss-test-" + std::to_string(::getpid()) + '-' + std::to_string(++count));
  folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~folder() { std::filesystem::remove_all(path); }
  std::string database() const { return (path / "hss.sqlite").string(); }
};

inline std::unique_ptr<server> open(const std::string& database = ":memory:", std::uint64_t block = 8) {
  server_options options;
  options.database = database;
  options.block = block;
  options.now = [] { return noon; };
  auto opened = server::open(std::move(options));
  INFO((opened ? std::string() : opened.error().what));
  REQUIRE(opened);
  return std::move(*opened);
}

inline import_report put(server& hss, const std::string& toml) {
  auto done = hss.put_and_wait(read_all(toml, hss.services()));
  INFO((done ? std::string() : done.error().what));
  REQUIRE(done);
  return *done;
}

/// What a question is answered with: `ask` is given what takes the answer.
template <class Answer, class Ask>
Answer answer_to(Ask ask) {
  std::promise<Answer> given;
  ask([&given](Answer answer) { given.set_value(std::move(answer)); });
  auto told = given.get_future();
  REQUIRE(told.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  return told.get();
}

inline result<void> remove(server& hss, const std::string& who) {
  return answer_to<result<void>>([&](auto done) { hss.remove(who, at_once, std::move(done)); });
}

inline cx::saa assign(server& hss, const cx::sar& request) {
  return answer_to<cx::saa>([&](auto done) { hss.on(request, at_once, std::move(done)); });
}

inline cx::maa ask(server& hss, const cx::mar& request) {
  return answer_to<cx::maa>([&](auto done) { hss.on(request, at_once, std::move(done)); });
}

inline cx::mar challenge_for(const std::string& who = "001010000000001@ims.example",
                             const std::string& impu = "sip:anna@ims.example", std::uint32_t items = 1) {
  return {who, impu, scscf, cx::scheme::unknown, items, {}};
}

inline aka::sequence_number sqn_of(const cx::auth_item& item) {
  static const aka::milenage m = [] {
    aka::milenage made;
    std::copy_n(from_hex("465b5ce8b199b49faa5f0a2ee238a6bc")->begin(), 16, made.k.begin());
    std::copy_n(from_hex("cd63cb71954a9f4e48a5994e37a02baf")->begin(), 16, made.opc.begin());
    return made;
  }();
  aka::random_challenge rand{};
  auto octets = as_bytes(item.authenticate);
  std::copy_n(octets.begin(), 16, rand.begin());
  auto opened = aka::open_autn(m, rand, octets.subspan(16));
  return opened.value().sqn; // throws, so that threads of a test may call it
}

} // namespace troupe::hss
