package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmttypes "github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"
	"golang.org/x/sys/unix"

	"cosmossdk.io/log/v2"
	sdkmath "cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	"github.com/cosmos/cosmos-sdk/testutil/mock"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	govmodule "github.com/cosmos/cosmos-sdk/x/gov/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	minttypes "github.com/cosmos/cosmos-sdk/x/mint/types"

	"github.com/CosmWasm/wasmd/app"
	wasmkeeper "github.com/CosmWasm/wasmd/x/wasm/keeper"
)

// validator is the name of the person whose stake decides every vote.
const validator = "validator"

// chain is the application with one block open: messages are delivered into it one by one, each answered at once.
// The blockers of all modules ran when it was opened.
type chain struct {
	app    *app.WasmApp
	id     string
	height int64
	gas    *counter
}

// key is a person's private key, known from the name alone.
func key(name string) *secp256k1.PrivKey {
	return secp256k1.GenPrivKeyFromSecret([]byte(name))
}

func newChain(id, home string, height int64, start time.Time) (*chain, error) {
	c := &chain{id: id, height: height, gas: newCounter()}
	c.app = app.NewWasmApp(
		log.NewNopLogger(), dbm.NewMemDB(), true,
		simtestutil.AppOptionsMap{flags.FlagHome: home},
		[]wasmkeeper.Option{wasmkeeper.WithGasRegister(c.gas)},
		baseapp.SetChainID(id),
	)
	if err := c.genesis(start); err != nil {
		return nil, err
	}
	_, err := c.open(start)
	return c, err
}

// voting is how long people vote, half as long where they hurry.
const voting = 10 * time.Minute

// genesis is the default one of every module, with one validator and short votes.
func (c *chain) genesis(start time.Time) error {
	node, err := mock.NewPV().GetPubKey()
	if err != nil {
		return err
	}
	set := cmttypes.NewValidatorSet([]*cmttypes.Validator{cmttypes.NewValidator(node, 1)})
	pub := key(validator).PubKey()
	account := authtypes.NewBaseAccount(pub.Address().Bytes(), pub, 0, 0)
	stake := sdk.NewCoin(sdk.DefaultBondDenom, sdkmath.NewInt(100_000_000_000_000))
	balance := banktypes.Balance{Address: account.GetAddress().String(), Coins: sdk.NewCoins(stake)}
	var state map[string]json.RawMessage
	err = quietly(func() (err error) {
		accounts := []authtypes.GenesisAccount{account}
		state, err = app.GenesisStateWithValSet(c.app.AppCodec(), c.app.DefaultGenesis(), set, accounts, balance)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.votes(state); err != nil {
		return err
	}
	bytes, err := json.Marshal(state)
	if err != nil {
		return err
	}
	params := simtestutil.DefaultConsensusParams
	params.Block.MaxGas = -1
	// The helper's own is another chain's; without one the modules listen to the governance account, as they do by default.
	params.Authority = nil
	_, err = c.app.InitChain(&abci.RequestInitChain{
		ChainId:         c.id,
		Time:            start,
		ConsensusParams: params,
		InitialHeight:   c.height,
		AppStateBytes:   bytes,
	})
	return err
}

// votes makes votes short.
func (c *chain) votes(state map[string]json.RawMessage) (err error) {
	var gov govtypes.GenesisState
	if err := c.app.AppCodec().UnmarshalJSON(state[govmodule.ModuleName], &gov); err != nil {
		return err
	}
	calm, hurried := voting, voting/2
	gov.Params.VotingPeriod, gov.Params.ExpeditedVotingPeriod = &calm, &hurried
	state[govmodule.ModuleName], err = c.app.AppCodec().MarshalJSON(&gov)
	return err
}

// quietly does something that prints on standard error what nobody asked for.
func quietly(do func() error) error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	loud, err := unix.Dup(2)
	if err != nil {
		return err
	}
	defer unix.Close(loud)
	if err := unix.Dup3(int(null.Fd()), 2, 0); err != nil {
		return err
	}
	failed := do()
	if err := unix.Dup3(loud, 2, 0); err != nil {
		return err
	}
	return failed
}

// open begins a block at this time: what its blockers left.
func (c *chain) open(at time.Time) (answer, error) {
	opened, err := c.app.FinalizeBlock(&abci.RequestFinalizeBlock{Height: c.height, Time: at.UTC()})
	if err != nil {
		return answer{}, err
	}
	return answer{Events: events(opened.Events)}, nil
}

// next closes the open block and opens one at this time.
func (c *chain) next(at time.Time) (answer, error) {
	c.app.SimWriteState()
	if _, err := c.app.Commit(); err != nil {
		return answer{}, fmt.Errorf("commit: %w", err)
	}
	c.height++
	return c.open(at)
}

// ctx reads and writes the open block.
func (c *chain) ctx() sdk.Context {
	return c.app.GetContextForFinalizeBlock(nil)
}

// mint makes coins out of nothing.
func (c *chain) mint(to sdk.AccAddress, coins sdk.Coins) error {
	ctx := c.ctx()
	if err := c.app.BankKeeper.MintCoins(ctx, minttypes.ModuleName, coins); err != nil {
		return err
	}
	return c.app.BankKeeper.SendCoinsFromModuleToAccount(ctx, minttypes.ModuleName, to, coins)
}
