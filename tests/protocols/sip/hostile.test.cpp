// Input made to be slow: the work per octet must not grow with the length. Measured by comparing n octets with 8 n.
#include <catch2/catch.hpp>
#include <ctime>
#include <functional>

#include "protocols/sip/framing.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

std::string times(std::size_t n, std::string_view text) {
  std::string out;
  out.reserve(n * text.size());
  for (std::size_t i = 0; i < n; ++i)
    out += text;
  return out;
}

/// The best of some runs, in seconds of this process's time.
double cost(const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    auto start = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

/// Eight times the input may cost some forty times as much (noise, caches), not sixty-four.
void grows_linearly(const std::function<void(std::size_t)>& work, std::size_t n) {
  auto small = cost([&] { work(n); });
  auto large = cost([&] { work(8 * n); });
  CHECK(large < 40 * std::max(small, 50e-6));
}

std::string request(const std::string& lines) {
  return "OPTIONS sip:b@c SIP/2.0\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n" +
         lines + "\r\n";
}

constexpr parse_limits wide{1'000'000, 1'000'000};

void touch(const message& m) {
  for (auto& f : m.fields()) {
    for (auto rest = f.value; !rest.empty();) {
      auto value = next_value(rest);
      if (auto v = parse_via(value))
        v->params.has("nothing");
      if (auto a = parse_name_addr(value))
        a->params.has("nothing");
    }
  }
}

void parse_lines(const std::string& lines) { touch(*parse(request(lines), wide).msg); }

} // namespace

TEST_CASE("hostile header values cost no more an octet than others") {
  const std::pair<const char*, const char*> parts[] = {{"Via: SIP/2.0/UDP h;x=1", ","},
                                                       {"Via: ", "SIP/2.0/UDP h,"},
                                                       {"Via: SIP/2.0/UDP h", ";;"},
                                                       {"Contact: <sip:a@b>", ";a=\""},
                                                       {"Contact: ", "\""},
                                                       {"Contact: ", "\"\\"},
                                                       {"Contact: ", "<"},
                                                       {"Contact: ", "<sip:a@b>,"},
                                                       {"Contact: ", "(,"},
                                                       {"Contact: ", "()"},
                                                       {"X: ", "((((("},
                                                       {"X: ", "<\"(,"},
                                                       {"X: ", "\r\n "},
                                                       {"X: ", "\r\n \r\n\t"},
                                                       {"Contact: <sip:a@b>", " ;a = b "},
                                                       {"From: ", "a "},
                                                       {"To: <sip:", "a:"},
                                                       {"CSeq: ", "0"},
                                                       {"Max-Forwards: ", "9"},
                                                       {"Content-Length: ", "9"},
                                                       {"X: ", "\r"}};
  for (auto [first, repeated] : parts) {
    INFO(first << " and many " << repeated);
    grows_linearly([&, f = first, r = repeated](std::size_t n) { parse_lines(f + times(n, r) + "\r\n"); }, 2000);
  }
}

TEST_CASE("ten thousand Vias, or fields, cost no more each than a thousand") {
  grows_linearly([](std::size_t n) { parse_lines(times(n, "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n")); }, 1250);
  grows_linearly([](std::size_t n) { parse_lines(times(n, "X: y\r\n")); }, 1250);
  CHECK(parse(request(times(10'000, "Via: SIP/2.0/UDP h\r\n"))).fault->status == 513);
}

TEST_CASE("60 KB of commas, quotes and brackets cost no more an octet than 7 KB") {
  for (auto piece : {",", "\"", "<", "(", ")", ";", "\\", "\"\\\"", "=", "%", "?", "@", "<>", "<>,", "\"\",", "(),"}) {
    INFO("many " << piece);
    grows_linearly(
        [&](std::size_t n) {
          auto text = times(n, piece);
          parse_lines("Via: SIP/2.0/UDP h\r\nContact: " + text + "\r\nRoute: " + text + "\r\n");
        },
        7500);
  }
}

TEST_CASE("URIs with many parameters and headers are compared in n log n") {
  grows_linearly(
      [](std::size_t n) {
        auto text = "sip:a@b" + times(n, ";p=%41");
        auto other = text + ";q";
        CHECK(equivalent(*parse_uri(text), *parse_uri(other)));
      },
      500);
  grows_linearly(
      [](std::size_t n) {
        std::string text = "sip:a@b;x";
        for (std::size_t i = 0; i < n; ++i)
          text += ";p" + std::to_string(n - i);
        auto headers = "?h" + times(n, "&h=1");
        equivalent(*parse_uri(text + headers), *parse_uri(text + ";y" + headers + "&i"));
        canonical_aor(*parse_uri("sip:" + times(n, "%25") + "@b"));
      },
      500);
}

TEST_CASE("a stream octet by octet costs no more an octet as it grows") {
  grows_linearly(
      [](std::size_t n) {
        framer f({1'000'000, 1'000'000});
        auto text = request("Via: SIP/2.0/UDP h\r\n" + times(n, "X: y\r\n ") +
                            "\r\nContent-Length: " + std::to_string(n) + "\r\n") +
                    times(n, "b");
        bool complete = false;
        for (char c : text) {
          f.feed({&c, 1});
          complete = std::holds_alternative<ref<storage>>(f.next());
        }
        CHECK(complete);
      },
      1000);
  grows_linearly(
      [](std::size_t n) {
        framer f;
        f.feed(times(n, "\r\n\r\n\n"));
        while (!std::holds_alternative<framer::need_more>(f.next())) {
        }
      },
      2000);
}
