// Makes calls through a hop and keeps them: caller (127.0.0.1:5061) and callee (127.0.0.1:5070) in one process that
// remembers two octets a call, because SIPp keeps some ten KB. Commands on standard input, one answer line each:
//   hold N      N new calls, confirmed and kept          -> "held N failed F seconds S resent R"
//   complete N  N new calls, each ended at once          -> "completed N failed F seconds S resent R"
//   end N       BYE for up to N of the sampled kept calls -> "ended N failed F ..."
// Usage: holder RATE WINDOW: at most RATE new calls a second, at most WINDOW unanswered at a time.
#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <map>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using clock_type = std::chrono::steady_clock;
using namespace std::string_literals;

constexpr std::uint16_t proxy_port = 5060, caller_port = 5061, callee_port = 5070;
constexpr std::size_t sample_every = 50;
constexpr int give_up_after = 7;
const auto retransmit_after = std::chrono::milliseconds(500);

enum class stage : std::uint8_t { calling, ending, done, failed };

struct call {
  stage at = stage::calling;
  std::uint8_t sent = 1;
};

struct kept {
  std::string target, routes, to;
};

static sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int open_socket(std::uint16_t port) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  int size = 16 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  auto here = loopback(port);
  if (bind(fd, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0) {
    std::perror("holder: bind");
    std::exit(1);
  }
  return fd;
}

/// The lines of every header of that name, each with its line end.
static std::string lines_of(std::string_view text, std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find("\r\n", at);
    auto line = text.substr(at, end - at);
    if (line.empty() || end == text.npos)
      break;
    if (line.size() > name.size() && line[name.size()] == ':' &&
        strncasecmp(line.data(), name.data(), name.size()) == 0)
      out.append(line).append("\r\n");
    at = end + 2;
  }
  return out;
}

static std::string value_of(std::string_view text, std::string_view name) {
  auto lines = lines_of(text, name);
  auto first = lines.substr(0, lines.find("\r\n"));
  auto colon = first.find(':');
  if (colon == first.npos)
    return {};
  auto start = first.find_first_not_of(' ', colon + 1);
  return start == first.npos ? ""s : first.substr(start);
}

static std::string uri_in(const std::string& value) {
  auto open = value.find('<'), close = value.find('>');
  return open == value.npos || close == value.npos ? value : value.substr(open + 1, close - open - 1);
}

/// The Route headers of the caller: Record-Route values in reverse.
static std::string routes_of(std::string_view response) {
  std::vector<std::string> values;
  auto lines = lines_of(response, "Record-Route");
  for (std::size_t at = lines.find('<'); at != lines.npos; at = lines.find('<', at + 1))
    values.push_back(lines.substr(at, lines.find('>', at) - at + 1));
  std::string out;
  for (auto value = values.rbegin(); value != values.rend(); ++value)
    out += "Route: " + *value + "\r\n";
  return out;
}

class holder {
public:
  holder(double rate, std::size_t window) : rate_(rate), window_(window) {}

  void make(std::size_t count, bool end_at_once) {
    end_at_once_ = end_at_once;
    auto first = calls_.size(), last = first + count;
    auto wanted = [&](double elapsed) {
      return std::min<std::size_t>(last, first + static_cast<std::size_t>(elapsed * rate_) + 1);
    };
    run([&](double elapsed) {
      while (calls_.size() < wanted(elapsed) && open_ < window_) {
        calls_.push_back({});
        start(calls_.size() - 1);
      }
      return calls_.size() == last;
    });
    report(end_at_once ? "completed" : "held", count);
  }

  void end(std::size_t count) {
    auto next = samples_.begin();
    std::size_t ended = 0;
    run([&](double elapsed) {
      while (next != samples_.end() && ended < count && open_ < window_ &&
             static_cast<double>(ended) < elapsed * rate_ + 1) {
        calls_[next->first] = {stage::ending, 1};
        start(next->first);
        ++next, ++ended;
      }
      return next == samples_.end() || ended == count;
    });
    report("ended", ended);
    samples_.erase(samples_.begin(), next);
  }

private:
  template <class Feed>
  void run(Feed feed) {
    began_ = clock_type::now();
    failed_ = resent_ = 0;
    for (bool all = false; !all || open_ > 0;) {
      all = feed(std::chrono::duration<double>(clock_type::now() - began_).count());
      pollfd ready[] = {{caller_, POLLIN, 0}, {callee_, POLLIN, 0}};
      poll(ready, 2, 1);
      read(callee_, [this](std::string_view text, const sockaddr_in& from) { answer(text, from); });
      read(caller_, [this](std::string_view text, const sockaddr_in&) { hear(text); });
      repeat_what_is_late();
    }
  }

  void report(const char* what, std::size_t count) {
    std::printf("%s %zu failed %zu seconds %.2f resent %zu\n", what, count - failed_, failed_,
                std::chrono::duration<double>(clock_type::now() - began_).count(), resent_);
    std::fflush(stdout);
  }

  template <class Use>
  void read(int fd, Use use) {
    char octets[65536];
    for (int i = 0; i < 256; ++i) {
      sockaddr_in from{};
      socklen_t length = sizeof from;
      auto got = recvfrom(fd, octets, sizeof octets, 0, reinterpret_cast<sockaddr*>(&from), &length);
      if (got <= 0)
        return;
      use(std::string_view(octets, static_cast<std::size_t>(got)), from);
    }
  }

  void start(std::size_t n) {
    ++open_;
    send(n);
    late_.push_back({clock_type::now() + retransmit_after, n, calls_[n].at});
  }

  void send(std::size_t n) {
    auto text = calls_[n].at == stage::calling ? invite(n) : bye(n, samples_.at(n));
    to_proxy(text);
  }

  void to_proxy(const std::string& text) {
    auto to = loopback(proxy_port);
    sendto(caller_, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }

  std::string head(std::size_t n, const std::string& start, const std::string& routes, const std::string& to, int cseq,
                   const char* method) const {
    auto number = std::to_string(n);
    return start + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK" + method + number + "p" + pid_ +
           "\r\nMax-Forwards: 70\r\n" + routes + "From: <sip:caller@127.0.0.1:5061>;tag=c" + number + "\r\nTo: " + to +
           "\r\nCall-ID: h" + number + "." + pid_ + "@127.0.0.1\r\nCSeq: " + std::to_string(cseq) + " " + method +
           "\r\n";
  }

  std::string invite(std::size_t n) const {
    static const std::string body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                    "m=audio 49170 RTP/AVP 96\r\na=rtpmap:96 AMR-WB/16000\r\n";
    return head(n, "INVITE sip:callee@127.0.0.1:5060", "", "<sip:callee@127.0.0.1:5060>", 1, "INVITE") +
           "Contact: <sip:caller@127.0.0.1:5061>\r\nContent-Type: application/sdp\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  std::string bye(std::size_t n, const kept& dialog) const {
    return head(n, "BYE " + dialog.target, dialog.routes, dialog.to, 2, "BYE") + "Content-Length: 0\r\n\r\n";
  }

  /// The callee: answers an INVITE with 180 and 200, a BYE with 200, from the message alone.
  void answer(std::string_view text, const sockaddr_in& from) {
    auto same = lines_of(text, "Via") + lines_of(text, "Record-Route") + lines_of(text, "From");
    auto rest = lines_of(text, "Call-ID") + lines_of(text, "CSeq");
    auto reply = [&](const std::string& start, const std::string& to) {
      auto out =
          start + "\r\n" + same + to + rest + "Contact: <sip:callee@127.0.0.1:5070>\r\nContent-Length: 0\r\n\r\n";
      sendto(callee_, out.data(), out.size(), 0, reinterpret_cast<const sockaddr*>(&from), sizeof from);
    };
    if (text.substr(0, 7) == "INVITE ") {
      auto to = "To: " + value_of(text, "To") + ";tag=u" + value_of(text, "Call-ID") + "\r\n";
      reply("SIP/2.0 180 Ringing", to);
      reply("SIP/2.0 200 OK", to);
    } else if (text.substr(0, 4) == "BYE ")
      reply("SIP/2.0 200 OK", lines_of(text, "To"));
  }

  /// The caller: what a response does to its call.
  void hear(std::string_view text) {
    if (text.substr(0, 8) != "SIP/2.0 " || text.size() < 12 || text[8] == '1')
      return;
    auto n = static_cast<std::size_t>(std::strtoull(value_of(text, "Call-ID").c_str() + 1, nullptr, 10));
    if (n >= calls_.size())
      return;
    auto good = text[8] == '2';
    if (value_of(text, "CSeq").find("INVITE") != std::string::npos)
      hear_of_invite(n, text, good);
    else if (calls_[n].at == stage::ending)
      close(n, good ? stage::done : stage::failed);
  }

  void hear_of_invite(std::size_t n, std::string_view text, bool good) {
    kept dialog{uri_in(value_of(text, "Contact")), routes_of(text), value_of(text, "To")};
    if (good) // a repeated 200 gets its ACK again
      to_proxy(head(n, "ACK " + dialog.target, dialog.routes, dialog.to, 1, "ACK") + "Content-Length: 0\r\n\r\n");
    if (calls_[n].at != stage::calling)
      return;
    if (!good) {
      close(n, stage::failed);
      return;
    }
    if (end_at_once_) {
      to_proxy(bye(n, dialog));
      samples_.insert_or_assign(n, std::move(dialog));
      calls_[n] = {stage::ending, 1};
      late_.push_back({clock_type::now() + retransmit_after, n, calls_[n].at});
      return;
    }
    if (n % sample_every == 0)
      samples_.insert_or_assign(n, std::move(dialog));
    close(n, stage::done);
  }

  void close(std::size_t n, stage how) {
    calls_[n].at = how;
    --open_;
    failed_ += how == stage::failed;
    if (end_at_once_)
      samples_.erase(n);
  }

  void repeat_what_is_late() {
    for (auto now = clock_type::now(); !late_.empty() && late_.front().when <= now;) {
      auto [when, n, then] = late_.front();
      late_.pop_front();
      auto& one = calls_[n];
      if (one.at != then)
        continue;
      if (one.sent++ == give_up_after) {
        close(n, stage::failed);
        continue;
      }
      ++resent_;
      send(n);
      late_.push_back({now + retransmit_after, n, one.at});
    }
  }

  struct deadline {
    clock_type::time_point when;
    std::size_t n;
    stage then; ///< the call has moved on when it is in another one
  };

  double rate_;
  std::size_t window_, open_ = 0, failed_ = 0, resent_ = 0;
  bool end_at_once_ = false;
  int caller_ = open_socket(caller_port), callee_ = open_socket(callee_port);
  std::string pid_ = std::to_string(getpid());
  std::vector<call> calls_;
  std::map<std::size_t, kept> samples_;
  std::deque<deadline> late_;
  clock_type::time_point began_;
};

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "usage: holder RATE WINDOW\n");
    return 2;
  }
  holder all(std::atof(arguments[1]), static_cast<std::size_t>(std::atol(arguments[2])));
  std::string command;
  for (std::size_t number = 0; std::cin >> command >> number;) {
    if (command == "hold" || command == "complete")
      all.make(number, command == "complete");
    else if (command == "end")
      all.end(number);
    else
      return 2;
  }
}
