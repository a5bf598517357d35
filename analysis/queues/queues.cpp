#include "analysis/queues/queues.h"

#include "analysis/queues/executor_posts.h"
#include "analysis/queues/declarations.h"
#include "analysis/queues/guards.h"
#include "analysis/queues/sharing.h"

#include "llvm/ADT/STLExtras.h"

namespace opex {
namespace {

constexpr unsigned kMaxWay = 6;      // Calls shown from the producer down to the push.
constexpr size_t kMaxProducers = 40; // Users of a queue class that are listed.
constexpr size_t kMaxOthers = 12;

class QueueStudy {
public:
  explicit QueueStudy(const Queues::Needs &in)
      : in_(in), program_(in.program()), subjects_(in.get<Subjects>()), objects_(program_, in.get<RoleIndex>(), subjects_),
        locks_(program_, in.get<RoleIndex>(), objects_.provenance()), threads_(in.get<Threads>()), sharing_(in, locks_),
        madeOrEnded_(madeOrEnded(program_)) {}

  Queues run() {
    std::optional<ObjectId> grown; // What is in a queue that grows is said with it.
    std::vector<QueueObject> all = objects_.find();
    sharing_.learn(all, objects_.provenance());
    for (QueueObject &queue : all) {
      // What nothing runs neither fills nor empties it.
      llvm::erase_if(queue.touches, [&](const QueueTouch &touch) { return in_.get<Unreached>()[touch.call.function]; });
      std::optional<QueueUse> use =
          queue.isElement && grown == queue.origin.object() ? std::nullopt : describe(queue);
      if (use && use->grows && !queue.isElement)
        grown = queue.origin.object();
      if (use)
        found_.queues.push_back(std::move(*use));
    }
    llvm::sort(found_.queues, [](const QueueUse &a, const QueueUse &b) {
      return std::tuple(a.declared.path, a.declared.line, a.declared.column, a.pushes) <
             std::tuple(b.declared.path, b.declared.line, b.declared.column, b.pushes);
    });
    return std::move(found_);
  }

private:
  /// A push that can make the queue grow, and what was found about it.
  struct Growth {
    const QueueTouch *push = nullptr;
    const QueueTouch *take = nullptr; ///< None of an executor.
    Sharing sharing = Sharing::None;
    PushGuard guard;
    bool isRepeated = false;
  };

  static bool isExecutor(const rules::Queue &rule) {
    return llvm::none_of(rule.calls,
                         [](const rules::QueueCall &call) { return call.does == rules::QueueCall::Pop; });
  }

  std::optional<QueueUse> describe(const QueueObject &queue) {
    std::vector<const QueueTouch *> takes = sharing_.takes(queue);
    bool runsItself = isExecutor(*queue.rule);
    bool isPlace = queue.origin.kind != Origin::Parameter && queue.origin.kind != Origin::Unknown;
    if (runsItself ? !isPlace : takes.empty())
      return passOver(queue, runsItself ? "which executor it is, is out of sight" : "nobody is seen that takes from it");
    std::vector<Growth> growths;
    std::vector<const QueueTouch *> pushes = sharing_.growing(queue, takes);
    for (const QueueTouch *push : pushes) {
      Growth growth = runsItself ? runElsewhere(queue, *push) : meetTaker(queue, *push, takes);
      if (growth.sharing != Sharing::None)
        growths.push_back(std::move(growth));
    }
    if (growths.empty())
      return passOver(queue, "it is no queue between threads: who adds and who takes are not seen to run beside each other, or "
                             "nothing is added while the service runs");
    if (queue.rule->isContainer && (sharing_.isPool(queue, pushes, takes) || sharing_.isRegistry(queue, takes)))
      return passOver(queue, "it is no queue of work: a pool that things come back to, or a list of what there is");
    QueueUse use = named(queue, takes);
    if (std::optional<Bound> bound = boundOfType(program_, subjects_, queue)) {
      use.bound = *bound;
      return use;
    }
    QueueGuards guards(in_, locks_, queue);
    for (Growth &growth : growths)
      growth.guard = guards.of(*growth.push);
    judge(queue, std::move(growths), guards, use);
    return use;
  }

  /// No queue; remembers why for what would be its pushes.
  std::optional<QueueUse> passOver(const QueueObject &queue, llvm::StringRef reason) {
    for (const QueueTouch &touch : queue.touches)
      if (touch.row->does == rules::QueueCall::Push)
        found_.rejections.push_back({touch.call.function, touch.call.call, {}, reason});
    return {};
  }

  /// An executor runs what is posted: posting counts where it goes on and on, and is not done by what it runs
  /// (one handler after the other).
  Growth runElsewhere(const QueueObject &queue, const QueueTouch &push) {
    Growth growth;
    growth.push = &push;
    growth.isRepeated = sharing_.isRepeated(push.call);
    bool isWanted = growth.isRepeated || in_.get<RequestPaths>()[push.call.function] != OnRequestPath::Unknown;
    bool isWork = isWanted && !isOwnWork(queue, push.call.function) && !isPostOfLifetime(in_, madeOrEnded_, push.call) &&
                  !isPostedAnswer(in_, push.call);
    growth.sharing = isWork ? Sharing::Likely : Sharing::None;
    return growth;
  }

  bool isOwnWork(const QueueObject &queue, uint32_t function) const {
    std::set<uint32_t> work;
    for (const QueueTouch &touch : queue.touches)
      if (const SpawnUse *spawn = in_.get<Entries>().spawns.at(touch.call))
        work.insert(spawn->entries.begin(), spawn->entries.end());
    const std::set<uint32_t> &threads = threads_.of(function);
    return !threads.empty() && llvm::all_of(threads, [&](uint32_t thread) { return work.contains(thread); });
  }

  Growth meetTaker(const QueueObject &queue, const QueueTouch &push,
                   llvm::ArrayRef<const QueueTouch *> takes) {
    Growth growth;
    growth.push = &push;
    growth.isRepeated = sharing_.isRepeated(push.call);
    unsigned most = 0;
    for (const QueueTouch *take : takes) {
      Sharing sharing = sharing_.between(queue, push, *take);
      unsigned work = sharing == Sharing::None ? 0 : sharing_.workOf(*take);
      if (work == 0 || std::pair(sharing, work) <= std::pair(growth.sharing, most))
        continue;
      growth.sharing = sharing;
      growth.take = take;
      most = work;
    }
    return growth;
  }

  QueueUse named(const QueueObject &queue, llvm::ArrayRef<const QueueTouch *> takes) {
    QueueUse use;
    use.advice = queue.rule->advice;
    for (const QueueTouch &touch : queue.touches)
      if (touch.row->does == rules::QueueCall::Push)
        use.pushes.push_back(touch.call);
    for (const QueueTouch *take : takes)
      use.pops.push_back(take->call);
    for (std::vector<CallRef> *list : {&use.pushes, &use.pops}) {
      llvm::sort(*list);
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    nameByDeclaration(program_, queue, use);
    return use;
  }

  void judge(const QueueObject &queue, std::vector<Growth> growths, QueueGuards &guards, QueueUse &use) {
    auto isOpen = [](const Growth &growth) { return growth.guard.state != BoundState::Set; };
    auto rank = [&](const Growth &growth) {
      uint32_t function =
          growth.push->call.function; // The one most others come to is the queue's front door.
      return std::tuple(isOpen(growth), in_.get<RequestPaths>()[function], growth.sharing,
                        program_.functions[function].callers.size(), growth.isRepeated);
    };
    llvm::sort(growths, [&](const Growth &a, const Growth &b) {
      return std::pair(rank(b), a.push) <
             std::pair(rank(a), b.push); // The worst first, then in the order of the program.
    });
    const Growth &worst = growths.front();
    if (!isOpen(worst)) {
      use.bound.state = BoundState::Set;
      addGuards(worst, use.bound);
      return;
    }
    bool isPartly = !llvm::all_of(growths, isOpen) || worst.guard.state == BoundState::Partly;
    use.bound.state = worst.guard.state == BoundState::Infinite ? BoundState::Infinite
                      : isPartly                                ? BoundState::Partly
                                                                : BoundState::Unset;
    use.grows = worst.push->call;
    use.rule = worst.push->row->fullId();
    if (use.bound.state == BoundState::Infinite)
      use.unlimited = worst.guard.unlimited;
    use.onRequestPath = in_.get<RequestPaths>()[worst.push->call.function] != OnRequestPath::Unknown;
    bool isBusy = use.onRequestPath || worst.isRepeated;
    bool isSure = worst.sharing == Sharing::Proven && isBusy && use.bound.state == BoundState::Unset &&
                  !worst.push->isPossible && program_.missing.isClosedWorld();
    use.bound.confidence = isSure ? Confidence::High : Confidence::Medium;
    if (!isSure)
      use.doubt = doubtOf(worst, use.bound.state, isBusy);
    use.bound.reason = reasonOf(queue, worst);
    addChain(queue, worst, guards, use);
    addOthers(growths, use);
  }

  /// What holds it back, for those who ask why nothing is said.
  void addGuards(const Growth &growth, Bound &bound) const {
    bound.reason = "all that adds to it is held back when it is full";
    for (const auto &[position, site] : growth.guard.guards)
      bound.evidence.push_back({program_.location(program_.functions[position], site), "it is held back here"});
  }

  std::string doubtOf(const Growth &worst, BoundState state, bool isBusy) const {
    if (state != BoundState::Unset)
      return "something holds it back, on some ways or by a setting";
    if (worst.sharing != Sharing::Proven)
      return "that the one who takes runs beside the one who adds is likely, not proven";
    if (!isBusy)
      return "that things are added again and again is not seen";
    return worst.push->isPossible ? "the queue that is added to may be another one" : "translation units are missing";
  }

  std::string reasonOf(const QueueObject &queue, const Growth &worst) const {
    if (worst.guard.state == BoundState::Infinite)
      return "it is made with a limit of 0, which is none";
    if (!queue.rule->defaultText.empty())
      return queue.rule->defaultText;
    return "nothing refuses when it is full";
  }

  std::string nameOf(uint32_t position) const { return program_.functions[position].body->name.str(); }

  ChainStep stepAt(CallRef ref, std::string message, bool isEssential = false) const {
    const LinkedFunction &function = program_.functions[ref.function];
    return {program_.location(function, (*function.body)[ref.call].site), std::move(message), false,
            isEssential};
  }

  /// From requests, and for certain; among equals the first, which is so by name.
  bool isBetterWay(const CallEdge &one, const CallEdge &other) const {
    auto rank = [&](const CallEdge &edge) {
      return std::tuple(-int(in_.get<RequestPaths>()[edge.caller]), !edge.isCertain(), edge.caller, edge.call);
    };
    return rank(one) < rank(other);
  }

  /// Callers from where producing begins down to the function: a request, a thread, a loop.
  std::vector<CallRef> wayTo(uint32_t start) const {
    std::vector<CallRef> way;
    std::set<uint32_t> seen = {start};
    uint32_t position = start;
    while (way.size() < kMaxWay && !threads_.isEntry(position) && !isEntryPoint(position)) {
      const CallEdge *best = nullptr;
      for (const CallEdge &edge : program_.functions[position].callers) {
        if (!seen.contains(edge.caller) && (!best || isBetterWay(edge, *best)))
          best = &edge;
      }
      if (!best)
        break;
      way.insert(way.begin(), {best->caller, best->call});
      position = best->caller;
      seen.insert(position);
    }
    return way;
  }

  bool isEntryPoint(uint32_t position) const {
    return llvm::any_of(in_.get<Entries>().entryPoints,
                        [&](const EntryPointUse &entry) { return entry.function == position; });
  }

  void addChain(const QueueObject &queue, const Growth &worst, QueueGuards &guards, QueueUse &use) {
    std::vector<ChainStep> &chain = use.bound.evidence;
    uint32_t pusher = worst.push->actor();
    if (std::vector<CallRef> users = usersOf(queue, worst, guards); !users.empty()) {
      for (CallRef user : users)
        chain.push_back(stepAt(user, "`" + nameOf(user.function) + "` adds to " + objectAt(user), true));
    } else {
      for (CallRef call : wayTo(pusher))
        chain.push_back(stepAt(call, "`" + nameOf(call.function) + "` calls `" +
                                         (*program_.functions[call.function].body)[call.call].name.str() +
                                         "`"));
    }
    for (CallRef above : llvm::reverse(worst.push->path))
      chain.push_back(stepAt(above, "`" + nameOf(above.function) + "` hands it on"));
    for (CallRef made : worst.guard.switchedOff)
      chain.push_back(stepAt(made, "made with a limit of 0 here", true));
    chain.push_back(stepAt(worst.push->call, "`" + use.name + "` grows here", true));
    if (worst.take) {
      use.taker = nameOf(worst.take->call.function);
      chain.push_back(stepAt(worst.take->call, "`" + nameOf(worst.take->actor()) + "` takes from it"));
    }
  }

  /// Who pushes through the class that holds the queue, where that is a queue class for others: a template,
  /// or one whose limit its users give. Then only those whose own has none.
  std::vector<CallRef> usersOf(const QueueObject &queue, const Growth &growth, QueueGuards &guards) const {
    const LinkedFunction &function = program_.functions[growth.push->actor()];
    std::set<EntityId> unlimited;
    for (CallRef made : growth.guard.switchedOff)
      if (EntityId member = memberAt(made))
        unlimited.insert(member);
    std::vector<CallRef> users;
    if (!growth.push->path.empty() || (!function.body->instance && unlimited.empty()))
      return users;
    std::set<std::tuple<std::string, uint32_t, uint32_t>> places; // Instances of a template share theirs.
    for (CallRef call : callsFromOutside(function)) {
      const LinkedFunction &caller = program_.functions[call.function];
      const Call &site = (*caller.body)[call.call];
      Index<Value> item = site.arguments.empty() ? Index<Value>() : site.arguments.front();
      Location where = program_.location(caller, site.site);
      bool isMeant = unlimited.empty() ? !guards.isHeldBack(call) : unlimited.contains(memberAt(call));
      if (isMeant && users.size() < kMaxProducers && sharing_.mayGrow(queue, call, item) &&
          places.insert({where.path, where.line, where.column}).second)
        users.push_back(call);
    }
    return users;
  }

  /// The member or global that the call works on; none for others.
  EntityId memberAt(CallRef ref) const {
    const Function &body = *program_.functions[ref.function].body;
    Index<Value> object = body[ref.call].object;
    bool isKept = object && (body[object].kind == ValueKind::Field || body[object].kind == ValueKind::Global);
    return isKept ? body[object].entity : EntityId();
  }

  /// Calls of the method, or of others of its class on the way to it, that stand outside the class.
  std::vector<CallRef> callsFromOutside(const LinkedFunction &method) const {
    std::vector<CallRef> calls;
    std::vector<EntityId> open = {method.body->id};
    std::set<EntityId> seen = {method.body->id};
    while (!open.empty()) {
      EntityId id = open.back();
      open.pop_back();
      for (uint32_t position : program_.bodies.at(id))
        for (const CallEdge &edge : program_.functions[position].callers) {
          const Function &caller = *program_.functions[edge.caller].body;
          if (!caller.record || caller.record != method.body->record)
            calls.push_back({edge.caller, edge.call});
          else if (seen.insert(caller.id).second)
            open.push_back(caller.id);
        }
    }
    return calls;
  }

  std::string objectAt(CallRef ref) const {
    const Function &body = *program_.functions[ref.function].body;
    Index<Value> object = body[ref.call].object;
    return object ? "`" + spell(program_, body, object) + "`" : "it";
  }

  void addOthers(llvm::ArrayRef<Growth> growths, QueueUse &use) const {
    std::set<std::tuple<std::string, uint32_t, uint32_t>> places;
    auto add = [&](ChainStep step) {
      const Location &where = step.where;
      if (!where.path.empty() && use.bound.others.size() < kMaxOthers &&
          places.insert({where.path, where.line, where.column}).second)
        use.bound.others.push_back(std::move(step));
    };
    ChainStep self = stepAt(*use.grows, "");
    for (const Growth &growth : growths) {
      for (const auto &[position, site] : growth.guard.guards)
        add({program_.location(program_.functions[position], site), "here it is held back when it is full",
             false});
      ChainStep step =
          stepAt(growth.push->call,
                 growth.guard.state == BoundState::Set ? "this one is held back" : "also added to here");
      if (!(step.where == self.where))
        add(std::move(step));
    }
  }

  const Queues::Needs in_;
  const Program &program_;
  const Subjects &subjects_;
  QueueObjects objects_;
  Locks locks_;
  const Threads &threads_;
  QueueSharing sharing_;
  const std::vector<uint8_t> madeOrEnded_;
  Queues found_;
};

} // namespace

Queues Queues::run(const Needs &in) { return QueueStudy(in).run(); }

} // namespace opex
