// Command chain is the stock wasmd application in one process: a memory store, no consensus, any block time. It is
// driven by JSON lines: one request on standard input, one answer on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/CosmWasm/wasmd/app"
	"github.com/CosmWasm/wasmd/x/wasm/types"
)

// version is what `chain -version` prints: the digest of this module's sources, set by the build, so that a cached
// binary of other sources is not used.
var version = "unknown"

func main() {
	says := flag.Bool("version", false, "print the version and exit")
	id := flag.String("chain-id", "bulkhead-1", "the chain's id")
	height := flag.Int64("height", 1, "height of the first block")
	start := flag.Int64("time", 0, "time of the first block, nanoseconds")
	flag.Parse()
	if *says {
		fmt.Println(version)
		return
	}
	prefixes()
	if err := serve(*id, *height, time.Unix(0, *start)); err != nil {
		fmt.Fprintln(os.Stderr, "chain:", err)
		os.Exit(1)
	}
}

// prefixes are what addresses begin with.
func prefixes() {
	config := sdk.GetConfig()
	config.SetBech32PrefixForAccount(app.Bech32PrefixAccAddr, app.Bech32PrefixAccPub)
	config.SetBech32PrefixForValidator(app.Bech32PrefixValAddr, app.Bech32PrefixValPub)
	config.SetBech32PrefixForConsensusNode(app.Bech32PrefixConsAddr, app.Bech32PrefixConsPub)
	config.SetAddressVerifier(types.VerifyAddressLen())
	config.Seal()
}

func serve(id string, height int64, start time.Time) error {
	home, err := os.MkdirTemp("", "chain")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	c, err := newChain(id, home, height, start)
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return nil
		}
		if err := json.NewEncoder(out).Encode(c.answer(line)); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
}
