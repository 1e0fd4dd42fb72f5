#include "actors/roles/hss/diameter_front.hpp"

#include <algorithm>

#include "protocols/diameter/cx_commands.hpp"
#include "protocols/ims/identity.hpp"

namespace troupe::hss {

namespace {

constexpr std::uint32_t commands[] = {300, 301, 302, 303};

void make_canonical(std::string& impu) {
  if (auto canonical = ims::canonical_identity(impu))
    impu = std::move(*canonical);
}

void make_canonical(cx::uar& what) { make_canonical(what.impu); }
void make_canonical(cx::lir& what) { make_canonical(what.impu); }
void make_canonical(cx::mar& what) { make_canonical(what.impu); }
void make_canonical(cx::sar& what) {
  std::ranges::for_each(what.impus, [](auto& impu) { make_canonical(impu); });
}

/// TS 29.229 clause 7.2.1: of each list that was asked for, what we have, which is nothing yet.
std::vector<diameter::supported_features> known_of(const std::vector<diameter::supported_features>& asked) {
  auto known = asked;
  for (auto& list : known) {
    list.features = 0;
    list.mandatory = false;
  }
  return known;
}

bool needs_features(const std::vector<diameter::supported_features>& asked) {
  return std::ranges::any_of(asked, [](auto& list) { return list.mandatory && list.features != 0; });
}

template <class Answer>
std::string encode_answer(const diameter::envelope& about, const Answer& what) {
  std::string out;
  if (diameter::encode(out, {}, about, what))
    return out;
  Answer too_long{};
  too_long.result = cx::unable_to_comply;
  return diameter::encode(out, {}, about, too_long) ? out : std::string();
}

} // namespace

/// One question on its way through.
struct diameter_front::exchange {
  diameter_question question;
  diameter::envelope asked{}, answering{};

  std::string name() const { // of the request, whoever has relayed it
    auto h = diameter::decode_header(question.octets);
    return asked.origin_host + ' ' + asked.session_id + ' ' + std::to_string(h.end_to_end) + ' ' +
           std::to_string(h.command);
  }
};

diameter_front::diameter_front(std::function<std::shared_ptr<server>()> find, settings own)
    : find_(std::move(find)), own_(std::move(own)), kept_(std::make_shared<memory>(own_.repeats)) {}

void diameter_front::serve(diameter_port& port) {
  for (auto command : commands)
    port.serve({diameter::application::cx, command, false},
               [this](diameter_question question) { take(std::move(question)); });
}

void diameter_front::close() {
  std::lock_guard hold(taking_);
  find_ = {};
}

void diameter_front::take(diameter_question question) {
  std::lock_guard hold(taking_);
  ++questions_;
  auto in = std::make_shared<exchange>();
  in->question = std::move(question);
  auto hss = find_ ? find_() : nullptr; // no longer held than this: its own threads must not be the last
  auto message = diameter::decode(in->question.octets);
  if (!message)
    return refuse(*in, message.error());
  if (!hss || hss->fenced())
    return refuse(*in, {diameter::code::unable_to_deliver, {}, "the subscribers are on another node now"});
  switch (message->header.command) {
  case 300: return answer<cx::uar>(*hss, in, *message);
  case 301: return answer<cx::sar>(*hss, in, *message);
  case 302: return answer<cx::lir>(*hss, in, *message);
  case 303: return answer<cx::mar>(*hss, in, *message);
  default: return refuse(*in, {diameter::code::command_unsupported, {}, "an HSS does not take this"});
  }
}

void diameter_front::refuse(const exchange& in, const diameter::failure& why) {
  ++refused_;
  if (auto octets = diameter::refusal(in.question.octets, why, own_.self.host, own_.self.realm))
    in.question.answer(std::move(*octets));
}

template <class Question>
void diameter_front::answer(server& hss, const std::shared_ptr<exchange>& in, const diameter::message_view& message) {
  auto read = diameter::decode_command<Question>(message);
  if (!read)
    return refuse(*in, read.error());
  in->asked = std::move(read->envelope);
  in->answering = diameter::answer_to(in->asked, own_.self.host, own_.self.realm);
  in->answering.features = known_of(in->asked.features);
  make_canonical(read->command);
  carry_out(hss, in, std::move(read->command));
}

void diameter_front::carry_out(server& hss, const std::shared_ptr<exchange>& in, const cx::uar& what) {
  auto answer = needs_features(in->asked.features) ? cx::uaa{cx::feature_unsupported, {}, {}} : hss.on(what);
  in->question.answer(encode_answer(in->answering, answer));
}

void diameter_front::carry_out(server& hss, const std::shared_ptr<exchange>& in, const cx::lir& what) {
  auto answer = needs_features(in->asked.features) ? cx::lia{cx::feature_unsupported, {}, {}, {}} : hss.on(what);
  in->question.answer(encode_answer(in->answering, answer));
}

void diameter_front::carry_out(server& hss, const std::shared_ptr<exchange>& in, cx::mar what) {
  answer_once<cx::maa>(hss, in, std::move(what));
}

void diameter_front::carry_out(server& hss, const std::shared_ptr<exchange>& in, cx::sar what) {
  answer_once<cx::saa>(hss, in, std::move(what));
}

template <class Answer, class Question>
void diameter_front::answer_once(server& hss, const std::shared_ptr<exchange>& in, Question what) {
  auto refused = [&](cx::result_code why) {
    Answer answer{};
    answer.result = why;
    answer.impi = what.impi;
    in->question.answer(encode_answer(in->answering, answer));
  };
  if (needs_features(in->asked.features))
    return refused(cx::feature_unsupported);
  auto name = in->name();
  auto [found, serial] = kept_->begin(name, {}, in->question.answer);
  if (found == memory::finding::repeated)
    return void(++repeated_);
  if (found == memory::finding::too_many) {
    ++refused_;
    return refused(cx::too_busy);
  }
  auto within_call = [](const std::function<void()>& work) { work(); };
  hss.on(what, within_call,
         [in, kept = kept_, name, serial = serial](Answer answer) {
           kept->end(name, serial, encode_answer(in->answering, answer));
         },
         {in->asked.origin_host, in->asked.origin_realm});
}

} // namespace troupe::hss
