// Types: aliases kept, records behind pointers, arguments, durations.
// expect-fact-anywhere: type 'const std::chrono::milliseconds &' kind=Reference
// expect-fact-anywhere: type 'std::chrono::system_clock::time_point' kind=TimePoint
// expect-fact-anywhere: periodNumerator=1 periodDenominator=60
// expect-fact-anywhere: arguments=['HANDLE', 'decltype(&release)']
// expect-fact-anywhere: type 'std::unique_ptr<HANDLE, decltype(&release)>' kind=Record
// expect-fact-anywhere: type 'double (&)[3]' kind=Reference
// expect-fact-anywhere: type 'char' kind=Integer
// expect-fact-anywhere: type 'bool' kind=Bool
// expect-fact-anywhere: type 'Plain' kind=Enumeration
// expect-fact-anywhere: recordName="std::basic_string" indirections=1 isConst arguments=['char'
// expect-fact-anywhere: canonical="context **" record=context recordName="context" indirections=2
// expect-fact-anywhere: type 'HANDLE *' kind=Pointer canonical="void *" recordName="HANDLE" indirections=1
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

typedef void HANDLE;
typedef struct context context;
using Ticks = std::chrono::duration<long, std::ratio<1, 60>>;
using Table = std::map<std::string, std::vector<int>>;
enum Plain { kOne };
enum class Scoped : unsigned char { Two };
void release(HANDLE *);

// expect-fact: param handle kind=Parameter type='HANDLE *'
// expect-fact: type='const std::string &'
// expect-fact: parameterCount=15
void types(HANDLE *handle, context **contexts, const std::string &text, Table table, Ticks ticks,
           const std::chrono::milliseconds &bound, std::chrono::system_clock::time_point when, Plain plain,
           Scoped scoped, std::unique_ptr<HANDLE, decltype(&release)> owned, std::function<void(int)> task,
           double (&matrix)[3], bool flag, char letter, std::nullptr_t null) {}
