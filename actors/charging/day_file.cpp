#include "actors/charging/day_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace troupe {
namespace {

constexpr std::size_t piece = 256 * 1024;
constexpr std::string_view before_id = R"({"id":")";

/// The id of a line that to_json has made; empty if it is another's.
std::string_view id_of(std::string_view line) noexcept {
  if (!line.starts_with(before_id))
    return {};
  line.remove_prefix(before_id.size());
  return line.substr(0, line.find('"'));
}

/// Calls `visit` with the file's octets, piece by piece.
template <class Visit>
bool read_all(int file, Visit visit) {
  std::string buffer(piece, '\0');
  for (off_t at = 0;;) {
    auto got = ::pread(file, buffer.data(), buffer.size(), at);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return got == 0;
    visit(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
    at += got;
  }
}

/// A new file's name has to last as its content does.
void sync_folder_of(const std::string& path) {
  auto folder = std::filesystem::path(path).parent_path();
  auto file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0)
    return;
  ::fsync(file);
  ::close(file);
}

} // namespace

day_file::~day_file() { close(); }

void day_file::close() noexcept {
  if (file_ >= 0)
    ::close(file_);
  file_ = -1;
}

tl::unexpected<error> day_file::broken(const char* what) {
  auto why = std::string(what) + ' ' + path_ + ": " + std::system_category().message(errno);
  close();
  return fail(std::move(why), 0, 0);
}

/// Who collects the files may move one that is still written to: then there is a new one.
bool day_file::is_still_there() const {
  struct stat here {
  }, there{};
  return file_ >= 0 && ::fstat(file_, &here) == 0 && ::stat(path_.c_str(), &there) == 0 &&
         here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

result<void> day_file::open() {
  if (is_still_there())
    return {};
  close();
  std::error_code ignored; // opening says it better
  if (auto folder = std::filesystem::path(path_).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder, ignored);
  file_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (file_ < 0)
    return broken("cannot open");
  return repair();
}

result<void> day_file::repair() {
  struct stat facts {};
  if (::fstat(file_, &facts) != 0)
    return broken("cannot read");
  size_ = static_cast<std::uint64_t>(facts.st_size);
  if (size_ == 0) {
    sync_folder_of(path_);
    return {};
  }
  std::uint64_t whole = 0, at = 0;
  auto read = read_all(file_, [&](std::string_view octets) {
    if (auto end = octets.rfind('\n'); end != octets.npos)
      whole = at + end + 1;
    at += octets.size();
  });
  if (!read)
    return broken("cannot read");
  if (whole == size_)
    return {};
  if (::ftruncate(file_, static_cast<off_t>(whole)) != 0)
    return broken("cannot repair");
  repaired_ += size_ - whole;
  size_ = whole;
  return {};
}

result<void> day_file::append(const std::vector<std::string>& lines) {
  if (auto opened = open(); !opened)
    return opened;
  std::string octets;
  for (auto& line : lines)
    (octets += line) += '\n';
  auto give_up = [&](const char* what) {
    auto why = broken(what);
    // What is there half is taken back at once; if that fails too, the next opening or `holds` finds it.
    if (::truncate(path_.c_str(), static_cast<off_t>(size_)) != 0)
      errno = 0;
    return why;
  };
  for (std::string_view rest = octets; !rest.empty();) {
    auto put = ::write(file_, rest.data(), rest.size());
    if (put < 0 && errno == EINTR)
      continue;
    if (put <= 0)
      return give_up("cannot write");
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fdatasync(file_) != 0)
    return give_up("cannot sync");
  size_ += octets.size();
  return {};
}

result<std::unordered_set<std::string>> day_file::holds(const std::unordered_set<std::string>& ids) {
  if (auto opened = open(); !opened)
    return tl::unexpected(opened.error());
  std::unordered_set<std::string> found;
  std::string line;
  auto look = [&](std::string_view octets) {
    for (auto end = octets.find('\n'); end != octets.npos; end = octets.find('\n')) {
      line += octets.substr(0, end);
      octets.remove_prefix(end + 1);
      if (auto id = std::string(id_of(line)); ids.contains(id))
        found.insert(std::move(id));
      line.clear();
    }
    line += octets;
  };
  if (!read_all(file_, look))
    return broken("cannot read");
  return found;
}

} // namespace troupe
