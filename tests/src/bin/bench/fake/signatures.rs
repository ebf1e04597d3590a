//! What an RS256 signature costs without anything around it: the same library, the same size of key.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

/// Signatures a second in so many threads.
pub(crate) fn per_second(threads: usize, time: Duration) -> Result<f64> {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| anyhow!("no key"))?;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(|| sign(&key, time))).collect();
        let mut all = 0.0;
        for thread in threads {
            all += thread.join().map_err(|_| anyhow!("a thread has panicked"))??;
        }
        Ok(all)
    })
}

fn sign(key: &RsaKeyPair, time: Duration) -> Result<f64> {
    let mut signature = vec![0; key.public_modulus_len()];
    let (begin, mut count) = (Instant::now(), 0_u32);
    while begin.elapsed() < time {
        let message = digest(&SHA256, &count.to_be_bytes());
        key.sign_digest(&RSA_PKCS1_SHA256, &message, &mut signature).map_err(|_| anyhow!("not signed"))?;
        count += 1;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}
