//! People by name. Each has a key made from the name alone, so that a chain that asks for signatures knows the same
//! people under the same addresses as one that does not.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock},
};

use bech32::{Bech32, Hrp};
use cosmwasm_std::Addr;
use k256::ecdsa::SigningKey;
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};

/// What addresses begin with: the stock chain's prefix.
pub(crate) const PREFIX: &str = "wasm";

#[derive(Default)]
struct Known {
    addresses: HashMap<String, Addr>,
    names: HashMap<Addr, String>,
}

fn known() -> &'static Mutex<Known> {
    static KNOWN: OnceLock<Mutex<Known>> = OnceLock::new();
    KNOWN.get_or_init(Mutex::default)
}

/// The address of these bytes.
pub(crate) fn humanized(canonical: &[u8]) -> Addr {
    let prefix = Hrp::parse(PREFIX).expect("a prefix");
    Addr::unchecked(bech32::encode::<Bech32>(prefix, canonical).expect("short enough"))
}

/// The private key: the digest of the name plus one, as the stock chain's own helper for tests makes it.
fn key(name: &str) -> SigningKey {
    let mut secret: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    for byte in secret.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    SigningKey::from_slice(&secret).expect("a digest within the curve's order")
}

/// The address of a person.
pub(crate) fn address(name: &str) -> Addr {
    let mut known = known().lock().expect("nobody panics holding it");
    if let Some(found) = known.addresses.get(name) {
        return found.clone();
    }
    let public = key(name).verifying_key().to_encoded_point(true);
    let address = humanized(&Ripemd160::digest(Sha256::digest(public.as_bytes())));
    known.addresses.insert(name.to_owned(), address.clone());
    known.names.insert(address.clone(), name.to_owned());
    address
}

/// Who lives at an address, if it is a person somebody has asked for.
pub(crate) fn name(address: &Addr) -> Option<String> {
    let known = known().lock().expect("nobody panics holding it");
    known.names.get(address).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_one_address_and_an_address_one_person() {
        let alice = address("alice");
        assert_eq!(address("alice"), alice);
        assert_eq!(name(&alice).as_deref(), Some("alice"));
        assert!(address("bob") != alice);
        assert_eq!(name(&Addr::unchecked("wasm1nobody")), None);
        assert!(alice.as_str().starts_with("wasm1"), "{alice}");
    }
}
