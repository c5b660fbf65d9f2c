package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	sdkmath "cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/store/v2/prefix"
	sdk "github.com/cosmos/cosmos-sdk/types"

	wasmkeeper "github.com/CosmWasm/wasmd/x/wasm/keeper"
	"github.com/CosmWasm/wasmd/x/wasm/types"
)

// request is one line of input: an operation and what it needs.
type request struct {
	Op string `json:"op"`
	// At is a block's time, nanoseconds, as text. A trial may have another than the open block's.
	At int64 `json:"at,string"`
	// Height is that of the block of a trial, where it is not the open block's.
	Height int64 `json:"height"`
	// From is a person's name, of whom the key is known. A trial without one costs no signature.
	From string `json:"from"`
	// To is an address.
	To string `json:"to"`
	// Gas is the most a transaction, a trial or a query may use. Nought is a block's for the first and the last, and no
	// limit for a trial.
	Gas uint64 `json:"gas"`
	// Msgs are the messages of a transaction, as protobuf JSON with their type.
	Msgs []json.RawMessage `json:"msgs"`
	// Msg is a contract's query.
	Msg json.RawMessage `json:"msg"`
	// Denom and Amount are coins.
	Denom  string `json:"denom"`
	Amount string `json:"amount"`
	// Code is a stored code's number.
	Code uint64 `json:"code"`
	// Watch are the contracts whose state a trial digests. With Denom, it tells all they would hold.
	Watch []string `json:"watch"`
	// Records are what a contract's storage becomes, or what is added to it.
	Records []record `json:"records"`
}

// record is a key and a value of a contract's storage.
type record [2][]byte

// answer is one line of output.
type answer struct {
	Error   string    `json:"error,omitempty"`
	Gas     uint64    `json:"gas,omitempty"`
	Spent   *spent    `json:"spent,omitempty"`
	Storage uint64    `json:"storage,omitempty"`
	Signed  uint64    `json:"signed,omitempty"`
	Events  []event   `json:"events,omitempty"`
	Data    []byte    `json:"data,omitempty"`
	Address string    `json:"address,omitempty"`
	Code    uint64    `json:"code,omitempty"`
	Amount  string    `json:"amount,omitempty"`
	Digest  string    `json:"digest,omitempty"`
	Records []record  `json:"records,omitempty"`
	Watched []watched `json:"watched,omitempty"`
}

// watched is what a contract would hold after a trial.
type watched struct {
	Records []record `json:"records"`
	Amount  string   `json:"amount"`
}

// event is one that a message left.
type event struct {
	Type  string      `json:"type"`
	Attrs [][2]string `json:"attrs"`
}

// answer does what one line asks for.
func (c *chain) answer(line []byte) answer {
	var req request
	strict := json.NewDecoder(bytes.NewReader(line))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&req); err != nil {
		return answer{Error: fmt.Sprintf("no request: %v", err)}
	}
	done, err := c.do(&req)
	if err != nil {
		done.Error = err.Error()
	}
	return done
}

func (c *chain) do(req *request) (answer, error) {
	switch req.Op {
	case "block":
		return c.next(time.Unix(0, req.At))
	case "tx":
		return c.tx(req)
	case "try":
		return c.try(req)
	case "smart":
		return c.smart(req)
	case "dump":
		return c.dump(req.To)
	case "empty", "restore":
		return c.restored(req)
	case "code":
		return c.code(req.To)
	case "balance":
		return c.balance(req)
	case "mint":
		return c.minted(req)
	case "pin", "unpin":
		return c.pinned(req)
	default:
		return answer{}, fmt.Errorf("unknown operation %q", req.Op)
	}
}

func (c *chain) smart(req *request) (done answer, err error) {
	to, err := sdk.AccAddressFromBech32(req.To)
	if err != nil {
		return answer{}, err
	}
	ctx, _ := c.ctx().CacheContext()
	ctx = ctx.WithGasMeter(meter(limit(req.Gas)))
	defer func() {
		done.Gas = ctx.GasMeter().GasConsumed()
		if died := recover(); died != nil {
			err = fmt.Errorf("%v", died)
		}
	}()
	data, err := c.app.WasmKeeper.QuerySmart(ctx, to, req.Msg)
	return answer{Data: data}, err
}

func (c *chain) dump(contract string) (answer, error) {
	at, err := sdk.AccAddressFromBech32(contract)
	if err != nil {
		return answer{}, err
	}
	return answer{Records: c.records(c.ctx(), at)}, nil
}

// records is a contract's whole storage, in order of keys.
func (c *chain) records(ctx sdk.Context, contract sdk.AccAddress) []record {
	var all []record
	c.app.WasmKeeper.IterateContractState(ctx, contract, func(key, value []byte) bool {
		all = append(all, record{bytes.Clone(key), bytes.Clone(value)})
		return false
	})
	return all
}

// restored empties a contract's storage, or adds records to it: states that took long to make elsewhere.
func (c *chain) restored(req *request) (answer, error) {
	at, err := sdk.AccAddressFromBech32(req.To)
	if err != nil {
		return answer{}, err
	}
	ctx := c.ctx()
	store := prefix.NewStore(ctx.KVStore(c.app.GetKey(types.StoreKey)), types.GetContractStorePrefix(at))
	if req.Op == "empty" {
		for _, one := range c.records(ctx, at) {
			store.Delete(one[0])
		}
	}
	for _, one := range req.Records {
		store.Set(one[0], one[1])
	}
	return answer{}, nil
}

func (c *chain) balance(req *request) (answer, error) {
	of, err := sdk.AccAddressFromBech32(req.To)
	if err != nil {
		return answer{}, err
	}
	held := c.app.BankKeeper.GetBalance(c.ctx(), of, req.Denom)
	return answer{Amount: held.Amount.String()}, nil
}

func (c *chain) minted(req *request) (answer, error) {
	to, err := sdk.AccAddressFromBech32(req.To)
	if err != nil {
		return answer{}, err
	}
	amount, fits := sdkmath.NewIntFromString(req.Amount)
	if !fits {
		return answer{}, errors.New("no amount")
	}
	return answer{}, c.mint(to, sdk.NewCoins(sdk.NewCoin(req.Denom, amount)))
}

// code tells what code a contract has.
func (c *chain) code(contract string) (answer, error) {
	at, err := sdk.AccAddressFromBech32(contract)
	if err != nil {
		return answer{}, err
	}
	info := c.app.WasmKeeper.GetContractInfo(c.ctx(), at)
	if info == nil {
		return answer{}, fmt.Errorf("no contract at %s", contract)
	}
	return answer{Code: info.CodeID}, nil
}

// pinned keeps a code in memory, or no longer: what a vote of the chain does.
func (c *chain) pinned(req *request) (answer, error) {
	gov := wasmkeeper.NewGovPermissionKeeper(&c.app.WasmKeeper)
	if req.Op == "pin" {
		return answer{}, gov.PinCode(c.ctx(), req.Code)
	}
	return answer{}, gov.UnpinCode(c.ctx(), req.Code)
}
