#include "actors/console/log.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "actors/console/log_line.hpp"

namespace troupe::log {
namespace {

constexpr std::string_view words[]{"trace", "debug", "info", "warn", "error", "critical", "off"};

spdlog::level::level_enum level_of(level l) noexcept { return static_cast<spdlog::level::level_enum>(l); }

class formatter final : public spdlog::formatter {
public:
  explicit formatter(log::format how) : how_(how) {}

  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& to) override {
    auto ms = std::chrono::duration_cast<milliseconds>(line.time.time_since_epoch()).count();
    std::string_view packed(line.payload.data(), line.payload.size());
    text_.clear();
    if (how_ == log::format::json)
      append_json(text_, ms, words[line.level], packed);
    else
      append_text(text_, ms, words[line.level], packed);
    to.append(text_.data(), text_.data() + text_.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<formatter>(how_); }

private:
  log::format how_;
  std::string text_;
};

spdlog::sink_ptr make_sink(const std::string& file) {
  if (file.empty())
    return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  try {
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
  } catch (const spdlog::spdlog_ex& e) {
    throw std::runtime_error("log.file: " + std::string(e.what()));
  }
}

/// Kept by their loggers too; the pool is asked for what it has overwritten.
std::shared_ptr<spdlog::details::thread_pool> writer;

} // namespace

void setup(const settings& how) {
  auto sink = make_sink(how.file);
  writer = std::make_shared<spdlog::details::thread_pool>(how.ring, 1);
  auto logger =
      std::make_shared<spdlog::async_logger>("troupe", sink, writer, spdlog::async_overflow_policy::overrun_oldest);
  logger->set_formatter(std::make_unique<formatter>(how.format));
  logger->set_level(level_of(how.least));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  spdlog::flush_every(seconds(1));
}

void end() noexcept {
  spdlog::flush_every(seconds(0));
  auto ended = spdlog::default_logger(); // outlives the thread that writes for it
  auto plain = std::make_shared<spdlog::logger>("troupe", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  plain->set_formatter(std::make_unique<formatter>(log::format::text));
  spdlog::set_default_logger(std::move(plain));
  writer.reset();
}

std::uint64_t lost() noexcept { return writer ? writer->overrun_counter() : 0; }

bool enabled(level l) noexcept {
  auto* logger = spdlog::default_logger_raw();
  return logger && logger->should_log(level_of(l));
}

void write(level l, std::string_view event, fields with) {
  auto* logger = spdlog::default_logger_raw();
  if (!logger || !logger->should_log(level_of(l)))
    return;
  auto packed = pack(event, with);
  logger->log(level_of(l), spdlog::string_view_t(packed.data(), packed.size()));
}

void write(console::flood_gate& gate, instant now, level l, std::string_view event, fields with) {
  if (!enabled(l))
    return;
  auto passed = gate.pass(now);
  if (!passed)
    return;
  auto packed = pack(event, with);
  if (*passed > 0)
    packed += pack("", {{"left_out", std::to_string(*passed)}});
  spdlog::default_logger_raw()->log(level_of(l), spdlog::string_view_t(packed.data(), packed.size()));
}

} // namespace troupe::log
