#include "actors/roles/hss/cx_service.hpp"

#include <utility>

namespace troupe::hss {

namespace {

/// A link carries 128 KiB at most, with a node's own head before it.
constexpr std::size_t largest_answer = 120 * 1024;

cx::maa refusal(const cx::mar& of, cx::result_code why) { return {why, of.impi, of.impu, {}}; }
cx::saa refusal(const cx::sar& of, cx::result_code why) {
  cx::saa answer;
  answer.result = why;
  answer.impi = of.impi;
  return answer;
}

} // namespace

cx_service::cx_service(server& hss, server::executor back, settings own)
    : hss_(hss), back_(std::move(back)), kept_(std::make_shared<memory>(std::move(own))) {}

void cx_service::take(std::string_view octets, answer_to reply) {
  if (hss_.fenced())
    return;
  auto question = cx::decode_envelope(octets);
  auto* uar = question ? std::get_if<cx::uar>(&question->body) : nullptr;
  auto* lir = question ? std::get_if<cx::lir>(&question->body) : nullptr;
  auto* mar = question ? std::get_if<cx::mar>(&question->body) : nullptr;
  auto* sar = question ? std::get_if<cx::sar>(&question->body) : nullptr;
  ++(uar || lir || mar || sar ? questions_ : malformed_);
  if (uar)
    reply(cx::encode(question->from, question->number, hss_.on(*uar)));
  else if (lir)
    reply(cx::encode(question->from, question->number, hss_.on(*lir)));
  else if (mar)
    answer_once(*mar, octets, *question, std::move(reply));
  else if (sar)
    answer_once(*sar, octets, *question, std::move(reply));
}

template <class Question>
void cx_service::answer_once(const Question& what, std::string_view octets, const cx::envelope& in, answer_to reply) {
  std::tuple of{in.from.life, in.from.shard, in.number};
  auto [found, serial] = kept_->begin(of, std::string(octets), reply);
  if (found == memory::finding::repeated)
    return void(++repeated_);
  if (found == memory::finding::too_many) {
    ++refused_;
    return reply(cx::encode(in.from, in.number, refusal(what, cx::too_busy)));
  }
  hss_.on(what, back_,
          [&hss = hss_, kept = kept_, of, serial = serial, from = in.from, number = in.number, what](auto answer) {
            if (hss.fenced())
              return;
            auto encoded = cx::encode(from, number, answer);
            if (encoded.size() > largest_answer)
              encoded = cx::encode(from, number, refusal(what, cx::unable_to_comply));
            kept->end(of, serial, std::move(encoded));
          });
}

cx_service::counts cx_service::counted() const { return {questions_, repeated_, malformed_, refused_}; }

std::vector<std::string> encode(const notices& what) {
  std::vector<std::string> out;
  for (auto& one : what.terminations)
    out.push_back(cx::encode(one));
  for (auto& one : what.profiles)
    out.push_back(cx::encode(one));
  return out;
}

std::optional<notices> decode_notice(std::string_view octets) {
  auto one = cx::decode(octets);
  notices out;
  if (auto* termination = one ? std::get_if<cx::rtr>(&*one) : nullptr)
    out.terminations.push_back(std::move(*termination));
  if (auto* profile = one ? std::get_if<cx::ppr>(&*one) : nullptr)
    out.profiles.push_back(std::move(*profile));
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

} // namespace troupe::hss
