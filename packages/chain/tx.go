package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"

	"github.com/CosmWasm/wasmd/x/wasm/types"
)

// meter is a limited gas meter, or one without a limit.
func meter(limit uint64) storetypes.GasMeter {
	if limit == 0 {
		return storetypes.NewInfiniteGasMeter()
	}
	return storetypes.NewGasMeter(limit)
}

// block is the gas of a block on most chains: what a transaction or a query may use where nothing is said, so that one
// that burns all it gets ends.
const block = 100_000_000

func limit(gas uint64) uint64 {
	if gas == 0 {
		return block
	}
	return gas
}

func (c *chain) messages(raw []json.RawMessage) ([]sdk.Msg, error) {
	msgs := make([]sdk.Msg, 0, len(raw))
	for _, one := range raw {
		var msg sdk.Msg
		if err := c.app.AppCodec().UnmarshalInterfaceJSON(one, &msg); err != nil {
			return nil, err
		}
		msgs = append(msgs, msg)
	}
	return msgs, nil
}

// tx delivers a transaction, signed by a person, into the open block.
func (c *chain) tx(req *request) (answer, error) {
	msgs, err := c.messages(req.Msgs)
	if err != nil {
		return answer{}, err
	}
	tx, err := c.signed(req.From, msgs, req.Gas)
	if err != nil {
		return answer{}, err
	}
	c.gas.take()
	used, result, err := c.app.SimTxFinalizeBlock(c.app.TxConfig().TxEncoder(), tx)
	if err != nil {
		return answer{Gas: used.GasUsed}, err
	}
	done := told(result)
	done.Gas = used.GasUsed
	spent := c.gas.take()
	done.Spent = &spent
	return done, nil
}

// signed is a transaction of these messages, signed by a person, who gets an account where there is none.
func (c *chain) signed(name string, msgs []sdk.Msg, gas uint64) (sdk.Tx, error) {
	private, ctx := key(name), c.ctx()
	address := sdk.AccAddress(private.PubKey().Address())
	account := c.app.AccountKeeper.GetAccount(ctx, address)
	if account == nil {
		account = c.app.AccountKeeper.NewAccountWithAddress(ctx, address)
		c.app.AccountKeeper.SetAccount(ctx, account)
	}
	builder := c.app.TxConfig().NewTxBuilder()
	if err := builder.SetMsgs(msgs...); err != nil {
		return nil, err
	}
	builder.SetGasLimit(limit(gas))
	mode := signing.SignMode_SIGN_MODE_DIRECT
	signature := signing.SignatureV2{
		PubKey:   private.PubKey(),
		Data:     &signing.SingleSignatureData{SignMode: mode},
		Sequence: account.GetSequence(),
	}
	if err := builder.SetSignatures(signature); err != nil {
		return nil, err
	}
	signer := authsigning.SignerData{
		Address:       address.String(),
		ChainID:       c.id,
		AccountNumber: account.GetAccountNumber(),
		Sequence:      account.GetSequence(),
		PubKey:        private.PubKey(),
	}
	handler := c.app.TxConfig().SignModeHandler()
	bytes, err := authsigning.GetSignBytesAdapter(context.Background(), handler, mode, signer, builder.GetTx())
	if err != nil {
		return nil, err
	}
	signed, err := private.Sign(bytes)
	if err != nil {
		return nil, err
	}
	signature.Data = &signing.SingleSignatureData{SignMode: mode, Signature: signed}
	return builder.GetTx(), builder.SetSignatures(signature)
}

// try runs messages on a branch of the open block and forgets what they wrote: what they cost, of what, and what the
// watched contracts would then hold. From a person, it is a signed transaction of theirs with all its costs.
func (c *chain) try(req *request) (answer, error) {
	msgs, err := c.messages(req.Msgs)
	if err != nil {
		return answer{}, err
	}
	ctx := c.branch(req)
	done, failed := c.run(ctx, msgs, req)
	// Looking costs nothing.
	ctx = ctx.WithGasMeter(meter(0))
	if done.Digest, err = c.digest(ctx, req.Watch); err != nil {
		return done, err
	}
	if req.Denom != "" {
		for _, contract := range req.Watch {
			at := sdk.MustAccAddressFromBech32(contract)
			held := c.app.BankKeeper.GetBalance(ctx, at, req.Denom).Amount.String()
			done.Watched = append(done.Watched, watched{c.records(ctx, at), held})
		}
	}
	if failed == nil && req.Gas == 0 {
		free := c.branch(req)
		free = free.WithKVGasConfig(storetypes.GasConfig{}).WithTransientKVGasConfig(storetypes.GasConfig{})
		without, err := c.run(free, msgs, req)
		if err != nil {
			return done, err
		}
		done.Storage = (done.Gas - done.Signed) - (without.Gas - without.Signed)
	}
	return done, failed
}

// branch is the open block's state, at the block a trial asks for.
func (c *chain) branch(req *request) sdk.Context {
	ctx, _ := c.ctx().CacheContext()
	if req.At != 0 {
		ctx = ctx.WithBlockTime(time.Unix(0, req.At).UTC())
	}
	if req.Height != 0 {
		ctx = ctx.WithBlockHeight(req.Height)
	}
	return ctx.WithGasMeter(meter(req.Gas))
}

// run executes messages one after the other; what a failing one wrote is gone.
func (c *chain) run(ctx sdk.Context, msgs []sdk.Msg, req *request) (done answer, err error) {
	c.gas.take()
	var signed uint64
	defer func() {
		if died := recover(); died != nil {
			err = fmt.Errorf("%v", died)
		}
		done.Gas, done.Signed = ctx.GasMeter().GasConsumed(), signed
		spent := c.gas.take()
		done.Spent = &spent
	}()
	if req.From != "" {
		next, err := c.admitted(ctx, msgs, req)
		if err != nil {
			return done, err
		}
		ctx = next
		signed = ctx.GasMeter().GasConsumed()
	}
	branch, write := ctx.CacheContext()
	for _, msg := range msgs {
		handler := c.app.MsgServiceRouter().Handler(msg)
		if handler == nil {
			return done, fmt.Errorf("nobody handles %T", msg)
		}
		result, err := handler(branch, msg)
		if err != nil {
			return done, err
		}
		done = told(result)
	}
	write()
	return done, nil
}

// admitted is what the chain does with a transaction before its messages: signature, size, sequence.
func (c *chain) admitted(ctx sdk.Context, msgs []sdk.Msg, req *request) (sdk.Context, error) {
	tx, err := c.signed(req.From, msgs, req.Gas)
	if err != nil {
		return ctx, err
	}
	bytes, err := c.app.TxConfig().TxEncoder()(tx)
	if err != nil {
		return ctx, err
	}
	return c.app.AnteHandler()(ctx.WithTxBytes(bytes), tx, false)
}

// digest is the digest of the storage of contracts, in this order.
func (c *chain) digest(ctx sdk.Context, contracts []string) (string, error) {
	hash := sha256.New()
	part := func(bytes []byte) {
		_ = binary.Write(hash, binary.BigEndian, uint64(len(bytes)))
		hash.Write(bytes)
	}
	for _, contract := range contracts {
		at, err := sdk.AccAddressFromBech32(contract)
		if err != nil {
			return "", err
		}
		part(at)
		for _, record := range c.records(ctx, at) {
			part(record[0])
			part(record[1])
		}
		for _, coin := range c.app.BankKeeper.GetAllBalances(ctx, at) {
			part([]byte(coin.String()))
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// told is what the last message of a result answered, and all events.
func told(result *sdk.Result) answer {
	done := answer{Events: events(result.Events)}
	if last := len(result.MsgResponses) - 1; last >= 0 {
		read(result.MsgResponses[last], &done)
	}
	return done
}

func events(all []abci.Event) []event {
	list := make([]event, 0, len(all))
	for _, one := range all {
		attrs := make([][2]string, 0, len(one.Attributes))
		for _, attr := range one.Attributes {
			attrs = append(attrs, [2]string{attr.Key, attr.Value})
		}
		list = append(list, event{Type: one.Type, Attrs: attrs})
	}
	return list
}

// read puts what a message answered into the answer.
func read(response *codectypes.Any, done *answer) {
	switch said := response.GetCachedValue().(type) {
	case *types.MsgStoreCodeResponse:
		done.Code, done.Digest = said.CodeID, hex.EncodeToString(said.Checksum)
	case *types.MsgInstantiateContractResponse:
		done.Address, done.Data = said.Address, said.Data
	case *types.MsgExecuteContractResponse:
		done.Data = said.Data
	case *types.MsgMigrateContractResponse:
		done.Data = said.Data
	}
}
