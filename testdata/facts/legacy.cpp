// options: -std=c++11
// Language versions before guaranteed elision: copies that never happen are not seen.
// expect-fact-anywhere: expansion NULL definedIn=
#include <string>
#include <memory>

struct Client {
  explicit Client(int timeout);
  Client(const Client &);
  ~Client();
};
Client connect();

int use() {
  // expect-fact: call Client(5) kind=Constructor
  Client made = Client(5); // expect-fact: object=made type='Client'
  // expect-fact: declare got = connect()
  Client got = connect(); // expect-no-fact: kind=Constructor
  Client copied = made; // expect-fact: object=copied
  // expect-fact: isHeap
  std::unique_ptr<Client> heap(new Client(7)); // expect-fact: object=heap
  return NULL == nullptr; // expect-fact: via NULL]
}
