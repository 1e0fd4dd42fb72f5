#include "cluster/store/file.hpp"

#include <iterator>

#include "cluster/store/write_behind.hpp"
#include "cluster/store/writer.hpp"

namespace troupe::store {
namespace {

class file_backend final : public backend {
public:
  explicit file_backend(const open_options& options);
  ~file_backend() override;

  /// Reads the file into the partitions and starts the writer.
  result<void> start(const std::string& path, const open_options& options);

  std::size_t partitions() const noexcept override { return parts_.size(); }
  partition& at(std::size_t index) override { return *parts_.at(index); }
  statistics stats() const override;
  const std::vector<std::string>& notes() const noexcept override { return notes_; }

private:
  result<database> replace(const std::string& path, database damaged, const database::loaded& read);

  std::vector<std::unique_ptr<write_behind>> parts_;
  std::vector<std::string> notes_;
  statistics opening_;
  std::unique_ptr<database_writer> writer_;
};

file_backend::file_backend(const open_options& options) {
  for (std::size_t i = 0; i < options.partitions; ++i)
    parts_.push_back(std::make_unique<write_behind>(
        options.hash_key, write_behind::surroundings{[this, i](batch what) { writer_->submit(i, std::move(what)); },
                                                     [wake = options.wake, i] { wake(i); },
                                                     [](entity_view) { return group_number{0}; }}));
}

file_backend::~file_backend() {
  if (!writer_)
    return;
  writer_->end();
  std::vector<batch> rest;
  for (auto& part : parts_)
    rest.push_back(part->take_rest());
  std::vector<const batch*> batches;
  for (auto& each : rest)
    if (!each.empty())
      batches.push_back(&each);
  if (!batches.empty())
    writer_->write(batches);
}

result<void> file_backend::start(const std::string& path, const open_options& options) {
  auto file = database::open(path);
  if (!file)
    return tl::unexpected(file.error());
  auto read = file->load(
      [&](entity_view id, const record& value) { parts_[options.shard_of(id) % parts_.size()]->restore(id, value); });
  opening_.recovered = read.good;
  opening_.quarantined = read.bad;
  if (read.bad != 0)
    notes_.push_back(std::to_string(read.bad) + " records of store " + path +
                     " had a wrong checksum and were set aside in its quarantine table");
  if (read.damaged) {
    file = replace(path, std::move(*file), read);
    if (!file)
      return tl::unexpected(file.error());
  } else if (!read.fault.empty()) {
    return fail("store " + path + " cannot be read: " + read.fault, 0, 0);
  }
  auto done = [this](std::size_t index, bool stored) {
    parts_[index]->completed({stored ? outcome::stored : outcome::failed});
  };
  auto try_again = [this] { // one disk is full for all of them
    for (auto& part : parts_)
      part->try_again();
  };
  writer_ = std::make_unique<database_writer>(std::move(*file), database_writer::callbacks{done, try_again});
  return {};
}

/// Better to go on with what could be read and be told than not to start: phones register anew.
result<database> file_backend::replace(const std::string& path, database damaged, const database::loaded& read) {
  { auto closed = std::move(damaged); }
  auto aside = set_file_aside(path);
  if (!aside)
    return tl::unexpected(aside.error());
  notes_.push_back("store " + path + " is damaged (" + read.fault + "): " + std::to_string(read.good) +
                   " records could be read; the file is kept as " + *aside);
  for (auto& part : parts_)
    part->rewrite(0, 1);
  return database::open(path);
}

statistics file_backend::stats() const {
  auto out = opening_;
  writer_->add_to(out);
  return out;
}

} // namespace

result<std::unique_ptr<backend>> open_file(const std::string& path, const open_options& options) {
  auto opened = std::make_unique<file_backend>(options);
  if (auto started = opened->start(path, options); !started)
    return tl::unexpected(started.error());
  return opened;
}

} // namespace troupe::store
