// Values: constants, durations, strings, access paths, casts.
// expect-fact-anywhere: type 'std::chrono::milliseconds' kind=Duration canonical="std::chrono::duration<long, 
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

constexpr int kMs = 20;
// expect-fact: function kShort::(initializer) kind=GlobalInitializer
// expect-fact: assign kShort = (const std::chrono::milliseconds)300 /*=300000000*/
constexpr std::chrono::milliseconds kShort{300};
const std::chrono::seconds kLong = 2 * std::chrono::minutes(3);
static int counter = kMs * 5; // expect-fact: assign counter = (kMs /*=20*/ * 5) /*=100*/
const char *kHost = "api." // expect-fact: assign kHost = "api.example.com"
                    "example.com";
enum Mode { kOff, kOn = 4 };

struct Limits {
  // expect-fact: assign this->attempts = 3
  // expect-fact: field attempts
  int attempts = 3; // expect-fact: hasInitializer
  std::chrono::milliseconds wait = 5s;
  struct {
    int inner; // expect-fact: field inner
  };
};

struct Holder {
  Limits limits;
  Holder *next = nullptr;
  // expect-fact: field shared
  static int shared; // expect-fact: isStatic
  int values[4];
  void use(int n, std::chrono::seconds bound);
};

void sink(...);
void take(const std::vector<int> &list);
void wait(std::chrono::nanoseconds bound);

void Holder::use(int n, std::chrono::seconds bound) {
  // expect-fact: Unary -1 /*=-1*/
  // expect-fact: Constant 120 type='char' constant=120
  // expect-fact: Float 2.5
  // expect-fact: text="2.5"
  // expect-fact: Null nullptr
  // expect-fact: SizeOf sizeof /*=4*/
  // expect-fact: Enumerator kOn /*=4*/
  // expect-fact: via NULL
  sink(42, -1, true, 'x', 2.5, "text", nullptr, NULL, sizeof(int), kOn); // expect-fact: entity=kOn constant=4
  // expect-fact: Binary (n * kMs /*=20*/) operands=
  // expect-fact: Binary (kMs /*=20*/ * 1000) /*=20000*/
  // expect-fact: Unary ~n
  sink(n * kMs, kMs * 1000, ~n, !n); // expect-fact: Global kMs /*=20*/
  // expect-fact: assign this->limits.wait = 250000000
  limits.wait = 250ms; // expect-fact: constant=250000000
  next->limits.attempts = n; // expect-fact: assign this->next->limits.attempts = n
  // expect-fact: assign this->next[1].values[2] += Holder::shared
  next[1].values[2] += shared; // expect-fact: Element this->next[1]
  // expect-fact: AddressOf &this->next
  // expect-fact: Deref *&this->next
  *(&next) = this; // expect-fact: assign *&this->next = this
  limits.inner = 5; // expect-fact: assign this->limits.inner = 5
  // expect-fact: Constant 5000000000 type='chrono::seconds' constant=5000000000
  wait(5s); // expect-no-fact: operator
  wait(std::chrono::seconds(5)); // expect-fact: Cast (std::chrono::seconds)5 /*=5000000000*/
  wait(kShort); // expect-fact: Global kShort /*=300000000*/
  wait(kLong + 1min); // expect-fact: (kLong /*=360000000000*/ + 60000000000) /*=420000000000*/
  wait(std::chrono::seconds(n)); // expect-fact: call wait((std::chrono::nanoseconds)(std::chrono::seconds)n)
  // expect-fact: constant=9223372036854775807
  // expect-fact: type='std::chrono::nanoseconds' constant=9223372036854775807
  wait(std::chrono::seconds::max());
  // expect-fact: declare deadline = (std::chrono::steady_clock::now() + bound)
  auto deadline = std::chrono::steady_clock::now() + bound;
  // expect-fact: branch If ((std::chrono::steady_clock::now() >= deadline))
  if (std::chrono::steady_clock::now() >= deadline)
    // expect-fact: assign counter = std::numeric_limits::max() /*=2147483647*/
    counter = std::numeric_limits<int>::max();
  // expect-fact: declare copied = {9, (std::chrono::milliseconds)5000000000 /*=5000000000*/
  Limits copied{.attempts = 9};
  take({1, 2, n}); // expect-fact: List {1, 2, n}
  double ratio = 0.5;
  // expect-fact: assign n = (int)ratio
  n = static_cast<int>(ratio); // expect-fact: Cast (int)ratio
  bound *= 2; // expect-fact: assign bound *= 2
  // expect-fact: object=moved
  std::string moved = std::move(std::string("m")); // expect-no-fact: call std::move
  // expect-fact: .count() kind=Method
  auto count = std::chrono::duration_cast<std::chrono::milliseconds>(bound).count();
  // expect-fact: Function Holder::use
  // expect-fact: String "use"
  sink(count, (long)n, &Holder::use, __func__, copied.wait.count()); // expect-fact: Cast (long)n
  auto [first, second] = std::pair<int, long>(1, 2); // expect-fact: declare first = local#7[0] kind=Binding
  // expect-fact: Choice (n ? 1 : 2) operands=
  sink(first, second, L"wide", n ? 1 : 2); // expect-fact: String "L\"wide\""
  const int fixed = 60;
  // expect-fact: Local fixed /*=60*/
  sink(fixed, unsigned(-1)); // expect-fact: constant=4294967295
}
