// Hand-made facts of one TU with every kind of entry in them and hardly a field left at its default.
#pragma once

#include "model/facts.h"

#include <string>

namespace opex::test {

/// Six characters from line:column of file 0.
inline Site at(uint32_t line, uint32_t column) {
  Site site;
  site.file = Index<File>(0);
  site.line = site.endLine = line;
  site.column = column;
  site.endColumn = column + 6;
  site.offset = line * 100 + column;
  site.length = 6;
  return site;
}

inline void addTables(TuFacts &facts) {
  facts.mainFile = facts.save("src/client.cpp");
  facts.command = 0x1234567890abcdef;
  facts.status = TuStatus::Partial;
  facts.notices.push_back({facts.save("src/client.cpp"), 3, 4, facts.save("no \"such\" file"), true, false});
  File source, header;
  source.path = facts.save("src/client.cpp");
  source.inProject = true;
  source.sha256 = facts.save("ab12");
  source.lines.push_back({12, facts.save("  curl_easy_setopt(h);"), 77, 2});
  source.comments.push_back({4, 1, 5, 40, true, facts.save("first\nsecond")});
  source.skipped.push_back({20, 30});
  header.path = facts.save("curl/curl.h");
  header.isSystem = true;
  facts.files = {source, header};
  Expansion expansion;
  expansion.macro = facts.save("LOG");
  expansion.arguments = {facts.save("INFO"), facts.save("")};
  expansion.nested = {facts.save("LOG_INFO")};
  expansion.definedIn = Index<File>(1);
  facts.expansions.push_back(expansion);
  Type handle, list;
  handle.kind = TypeClass::Pointer;
  handle.spelled = facts.save("CURL *");
  handle.canonical = facts.save("void *");
  handle.recordName = facts.save("CURL");
  handle.indirections = 1;
  list.kind = TypeClass::Record;
  list.spelled = facts.save("std::vector<CURL *>");
  list.record = {0x77};
  list.arguments = {Index<Type>(0)};
  list.periodNumerator = 1;
  list.periodDenominator = 1000;
  facts.types = {handle, list};
  facts.foundNames = {{facts.save("curl_easy_init"), {}}, {facts.save("house::call"), facts.save("house::v2::call")}};
  facts.foundMacros = {{facts.save("CURL_VERSION"), facts.save("\"7.88\"")}};
  facts.foundHeaders = {facts.save("curl/curl.h")};
}

inline void addDeclarations(TuFacts &facts) {
  Declaration setopt, option, field;
  setopt.id = {0x10};
  setopt.name = facts.save("curl_easy_setopt");
  setopt.usr = facts.save("c:@F@curl_easy_setopt");
  setopt.parameters = {Index<Type>(0), Index<Type>(1)};
  setopt.parameterNames = {facts.save("handle"), facts.save("option")};
  setopt.file = Index<File>(1);
  setopt.isVariadic = true;
  option.id = {0x11};
  option.kind = EntityKind::Enumerator;
  option.name = facts.save("CURLOPT_TIMEOUT");
  option.parent = {0x12};
  option.number = 13;
  field.id = {0x13};
  field.kind = EntityKind::Field;
  field.name = facts.save("Client::curl_");
  field.type = Index<Type>(0);
  facts.declarations = {setopt, option, field};
  Record record;
  record.id = {0x20};
  record.name = facts.save("Client");
  record.bases = {{0x21}};
  record.members.push_back({{0x13}, facts.save("curl_"), Index<Type>(0), at(2, 3), false, true});
  record.inProject = true;
  record.site = at(1, 7);
  facts.records.push_back(record);
  facts.enumerations.push_back({{0x12}, facts.save("CURLoption"), {{0x11}}, Index<File>(1), false});
}

inline Value makeValue(ValueKind kind, std::initializer_list<size_t> operands = {}) {
  Value value;
  value.kind = kind;
  for (size_t operand : operands)
    value.operands.push_back(Index<Value>(operand));
  return value;
}

inline void addValues(TuFacts &facts, Function &function) {
  Value self = makeValue(ValueKind::This), field = makeValue(ValueKind::Field, {0});
  field.entity = {0x13};
  field.type = Index<Type>(0);
  field.site = at(12, 20);
  Value option = makeValue(ValueKind::Enumerator), seconds = makeValue(ValueKind::Constant);
  option.entity = {0x11};
  option.constant = 13;
  seconds.constant = -30;
  Value call = makeValue(ValueKind::Call), local = makeValue(ValueKind::Local);
  local.index = 1;
  Value sum = makeValue(ValueKind::Binary, {5, 3});
  sum.text = facts.save("+");
  function.values = {self, field, option, seconds, call, local, sum};
}

/// The blocks of addBlocks().
const Index<Block> body(0), loopBody(1), tryBody(2), handlerBody(3), then(4), switchBody(5), plain(6);

/// Every kind of step: a loop around a try with a handler, a switch and a branch.
inline void addBlocks(Function &function) {
  function.blocks.resize(7);
  auto hang = [&](Index<Block> child, BlockRole role, Index<Block> parent, StepKind kind) {
    Block &block = function.blocks[child.value];
    block.role = role;
    block.parent = parent;
    block.owner = {kind, kind == StepKind::Block ? child.value : 0};
    block.site = at(10 + child.value, 1);
  };
  hang(loopBody, BlockRole::LoopBody, body, StepKind::Loop);
  hang(tryBody, BlockRole::TryBody, loopBody, StepKind::Try);
  hang(handlerBody, BlockRole::HandlerBody, loopBody, StepKind::Try);
  hang(then, BlockRole::Then, tryBody, StepKind::Branch);
  hang(switchBody, BlockRole::SwitchBody, handlerBody, StepKind::Switch);
  hang(plain, BlockRole::Plain, switchBody, StepKind::Block);
  function.blocks[0].role = BlockRole::Body;
  function.blocks[0].steps = {{StepKind::Declare, 1}, {StepKind::Loop, 0}};
  function.blocks[1].steps = {{StepKind::Try, 0}};
  function.blocks[2].steps = {{StepKind::Call, 0}, {StepKind::Branch, 0}, {StepKind::Label, 0}};
  function.blocks[3].steps = {{StepKind::Switch, 0}};
  function.blocks[4].steps = {{StepKind::Assign, 0}, {StepKind::Exit, 0}};
  function.blocks[5].steps = {{StepKind::Block, 6}};
}

inline void addLocals(TuFacts &facts, Function &function) {
  Local parameter, rc;
  parameter.kind = LocalKind::Parameter;
  parameter.name = facts.save("url");
  rc.name = facts.save("rc");
  rc.init = Index<Value>(4);
  rc.block = body;
  rc.site = at(11, 8);
  function.locals = {parameter, rc};
  function.parameterCount = 1;
}

inline void addCall(TuFacts &facts, Function &function) {
  Call call;
  call.site = at(12, 3);
  call.site.expansion = Index<Expansion>(0);
  call.extent = at(12, 3);
  call.extent.endLine = 13;
  call.callee = {0x10};
  call.name = facts.save("curl_easy_setopt");
  call.arguments = {Index<Value>(1), Index<Value>(2), Index<Value>(3)};
  call.defaultArguments = 1;
  call.templateArguments = {Index<Type>(1)};
  call.type = Index<Type>(0);
  call.result = ResultUse::Discarded;
  call.isNoReturn = true;
  call.block = tryBody;
  function.calls.push_back(call);
}

/// What the steps are, but for the call.
inline void addSteps(TuFacts &facts, Function &function) {
  function.branches.push_back({BranchKind::Or, at(14, 3), Index<Value>(5), then, {}, tryBody});
  function.assigns.push_back({at(15, 3), Index<Value>(5), facts.save("+="), Index<Value>(3), false, then});
  function.exits.push_back({ExitKind::Throw, at(16, 3), Index<Value>(6), facts.save("out"), then});
  function.labels.push_back({facts.save("again"), at(17, 3), tryBody});
  Loop loop;
  loop.kind = LoopKind::While;
  loop.site = at(18, 3);
  loop.condition = Index<Value>(5);
  loop.body = loopBody;
  loop.block = body;
  function.loops.push_back(loop);
  function.tries.push_back({at(19, 3), tryBody, {Index<Handler>(0)}, true, loopBody});
  function.handlers.push_back(
      {at(20, 3), Index<Type>(1), true, false, Index<Local>(1), handlerBody, Index<Try>(0)});
  Switch choice;
  choice.site = at(21, 3);
  choice.condition = Index<Value>(5);
  choice.body = switchBody;
  choice.cases.push_back({at(22, 3), Index<Value>(2), Index<Value>(3), 1});
  choice.enumeration = {0x12};
  choice.block = handlerBody;
  function.switches.push_back(choice);
}

inline TuFacts sample() {
  TuFacts facts;
  addTables(facts);
  addDeclarations(facts);
  Function function, lambda;
  function.id = {0x30};
  function.kind = FunctionKind::Method;
  function.name = facts.save("Client::get");
  function.record = {0x20};
  function.site = at(10, 6);
  function.extent = at(10, 1);
  function.result = Index<Type>(0);
  function.overrides = {{0x31}};
  function.isVirtual = true;
  function.contentHash = 99;
  addValues(facts, function);
  addBlocks(function);
  addLocals(facts, function);
  addCall(facts, function);
  addSteps(facts, function);
  lambda.id = {0x32};
  lambda.kind = FunctionKind::Lambda;
  lambda.name = facts.save("Client::get::(lambda)");
  lambda.enclosing = {0x30};
  lambda.blocks.resize(1);
  Local capture;
  capture.kind = LocalKind::Capture;
  capture.name = facts.save("rc");
  capture.init = Index<Value>(6);
  lambda.locals.push_back(capture);
  facts.functions = {function, lambda};
  return facts;
}

} // namespace opex::test
