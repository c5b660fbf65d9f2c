package main

import (
	wasmvmtypes "github.com/CosmWasm/wasmvm/v3/types"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/CosmWasm/wasmd/x/wasm/types"
)

// spent is what became of the gas of one message that the wasm module charged for.
type spent struct {
	// Entering contracts, replies included.
	Entering uint64 `json:"entering"`
	// Events and attributes.
	Events uint64 `json:"events"`
	// How often a contract was entered, replies and queries included.
	Entries uint64 `json:"entries"`
}

// counter is the stock gas register, which also counts.
type counter struct {
	types.WasmGasRegister
	spent spent
}

func newCounter() *counter {
	return &counter{WasmGasRegister: types.NewDefaultWasmGasRegister()}
}

// take answers what was counted and begins anew.
func (c *counter) take() spent {
	was := c.spent
	c.spent = spent{}
	return was
}

// SetupContractCost implements types.GasRegister.
func (c *counter) SetupContractCost(discount bool, length int) storetypes.Gas {
	cost := c.WasmGasRegister.SetupContractCost(discount, length)
	c.spent.Entering += cost
	c.spent.Entries++
	return cost
}

// ReplyCosts implements types.GasRegister. The stock one calls its own SetupContractCost, not this one's.
func (c *counter) ReplyCosts(discount bool, reply wasmvmtypes.Reply) storetypes.Gas {
	cost := c.WasmGasRegister.ReplyCosts(discount, reply)
	c.spent.Entering += cost
	c.spent.Entries++
	return cost
}

// EventCosts implements types.GasRegister.
func (c *counter) EventCosts(attrs []wasmvmtypes.EventAttribute, events wasmvmtypes.Array[wasmvmtypes.Event]) storetypes.Gas {
	cost := c.WasmGasRegister.EventCosts(attrs, events)
	c.spent.Events += cost
	return cost
}
